// Certificates in use, with the days that are left.

const kFewDays = 14;

function certificate_state({ days_left: days }) {
  return [days < 0 ? 'out of date' : days < kFewDays ? 'ends soon' : 'good', days >= 0];
}

class Certificates {
  #table = new Table(by_id('certificates-table'), {
    caption: 'certificates',
    key: certificate => certificate.file,
    sorted: { column: 1, sign: 1 },
    empty: 'No certificate is in use.',
    columns: [
      text_column('File', certificate => certificate.file, 'long'),
      number_column('Days left', certificate => certificate.days_left),
      number_column('Ends', certificate => certificate.not_after, day_text),
      state_column('State', certificate_state),
    ],
  });

  show({ certificates }) {
    this.#table.set(certificates);
  }
}
