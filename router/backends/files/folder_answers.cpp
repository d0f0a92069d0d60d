#include "router/backends/files/folder_answers.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <random>

#include "router/backends/files/folder_listing.h"
#include "router/backends/files/limits.h"
#include "router/route/text_hash.h"

namespace zeroway {

namespace {

constexpr Field kAllow{"allow", "GET, HEAD, OPTIONS"};
constexpr std::string_view kText = "text/plain; charset=utf-8", kPage = "text/html; charset=utf-8";

MimeTypes types_of(const FilesSpec& spec, const MimeTypes& below) {
  MimeTypes types = MimeTypes::over(below);
  for (const auto& [end, type] : spec.mime_types) types.set(end, type);
  return types;
}

std::string age_text(const std::optional<std::uint32_t>& seconds) {
  return seconds ? "max-age=" + std::to_string(*seconds) : std::string();
}

// What a path without a route gets, so that the exchange writes the same page.
Error no_file(const std::string& why) { return {Fault::client, Code::no_route, false, why}; }

std::uint64_t random_seed() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

std::string below(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + '/' + name;
}

}  // namespace

FolderAnswers::FolderAnswers(const FilesSpec& spec, const MimeTypes& types, const WallClock& clock)
    : spec_(spec),
      clock_(clock),
      dot_files_(spec.dot_files ? DotFiles::shown : DotFiles::hidden),
      types_(types_of(spec, types)),
      page_age_(age_text(spec.max_age_page ? spec.max_age_page : spec.max_age)),
      other_age_(age_text(spec.max_age)),
      root_(spec.root),
      known_(root_, types_, clock, spec.precompressed ? Precompressed::yes : Precompressed::no),
      boundary_seed_(random_seed()) {
  change_boundary();
}

FolderAnswers::Answer FolderAnswers::answer(const Head& request, FileContent& content) {
  reply_.clear();
  content.clear();
  const std::string_view method = request.method();
  if (method == "OPTIONS") return bare("204", kAllow);
  if (method != "GET" && method != "HEAD") {
    auto refused = with_text(request, content, "405", kText, "This method is not allowed here.\n");
    reply_.head.add(kAllow.name, kAllow.value);
    return refused;
  }
  const std::string_view target = request.path();
  const std::string_view path = target.substr(0, target.find('?'));
  auto name = file_name(path, dot_files_);
  if (!name) return no_file("the path can name no file");
  return answer_name({request, content, std::move(*name), target.substr(path.size())});
}

FolderAnswers::Answer FolderAnswers::answer_name(const Asked& asked) {
  return asked.name.is_folder ? answer_folder(asked) : answer_known(asked, known_.find(asked.name.name));
}

FolderAnswers::Answer FolderAnswers::answer_known(const Asked& asked, KnownName& known) {
  if (known.find == Find::file) return answer_file(asked, known);
  if (known.find == Find::folder && !asked.name.is_folder) return redirect(asked);
  return answer_without(asked, known.find, known.reason);
}

FolderAnswers::Answer FolderAnswers::answer_folder(const Asked& asked) {
  for (const std::string& index : spec_.index_files) {
    KnownName& known = known_.find(below(asked.name.name, index));
    if (known.find != Find::nothing && known.find != Find::folder) return answer_known(asked, known);
  }
  return spec_.listing ? answer_listing(asked) : answer_nothing(asked);
}

FolderAnswers::Answer FolderAnswers::answer_file(const Asked& asked, KnownName& known) {
  const Coding coding = choose_coding(asked.request, known.there);
  prepare(asked.request, known, coding);
  if (!reply_.has_content()) return prepared();
  const KnownFile& file = known.file(coding);
  return file.content ? answer_from(asked, file.content) : answer_opened(asked, known, coding);
}

// The head was made of what was known, up to kLookAgain ago. Size and bytes must be of one file, so it is made again
// when the file that is open now is another one.
FolderAnswers::Answer FolderAnswers::answer_opened(const Asked& asked, KnownName& known, Coding coding) {
  const FileFacts before = known.file(coding).facts;
  Opened opened = known_.open(known, coding);
  if (opened.find != Find::file && coding != Coding::identity)  // gone by now, but the file itself may be there
    return answer_known(asked, known_.find(std::string(known.name)));
  if (opened.find != Find::file) return answer_without(asked, opened.find, opened.reason);
  const KnownFile& file = known.file(coding);
  if (file.facts != before) prepare(asked.request, known, coding);
  if (!reply_.has_content()) return prepared();
  return file.content ? answer_from(asked, file.content) : answer_from(asked, std::move(opened.descriptor));
}

template <class Source>
FolderAnswers::Answer FolderAnswers::answer_from(const Asked& asked, Source source) {
  asked.content.read_from(std::move(source));
  for (ReplyPart& part : reply_.parts) {
    asked.content.add(std::move(part.text));
    asked.content.add(part.range);
  }
  asked.content.add(std::move(reply_.closing));
  return prepared();
}

void FolderAnswers::prepare(const Head& request, KnownName& known, Coding coding) {
  const KnownFile& file = known.file(coding);
  const std::int64_t now = std::chrono::floor<std::chrono::seconds>(clock_.wall_now().time_since_epoch()).count();
  const std::int64_t modified = file.facts.modified_seconds();
  Representation representation{.size = file.facts.size,
                                .validators = {spec_.etag ? std::string_view(file.etag) : std::string_view(), {}},
                                .last_modified = file.last_modified,
                                .type = known.type,
                                .coding = coding,
                                .varies = known.varies(),
                                .cache_control = cache_control(known.type)};
  // A date later than the reply's is none (RFC 9110 §8.8.2.1).
  if (spec_.last_modified && file.facts.has_date() && modified <= now)
    representation.validators.last_modified = modified;
  reply_with_file(request, representation, now, boundary_, reply_);
  if (!reply_.closing.empty()) change_boundary();
}

std::string_view FolderAnswers::cache_control(std::string_view type) const {
  if (!spec_.cache_control.empty()) return spec_.cache_control;
  return type.starts_with("text/html") ? page_age_ : other_age_;
}

// Random, so that no file holds it.
void FolderAnswers::change_boundary() {
  std::array<char, 24> digits;
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(mixed(++boundary_seed_)));
  boundary_ = digits.data();
}

// --- Other replies ------------------------------------------------------------------------------------------------

FolderAnswers::Answer FolderAnswers::answer_listing(const Asked& asked) {
  Opened opened = root_.open(asked.name.name);
  if (opened.find != Find::folder) return answer_without(asked, opened.find, opened.reason);
  const FolderContents contents = read_folder(root_, asked.name.name, std::move(opened.descriptor), dot_files_);
  auto answer = with_text(asked.request, asked.content, "200", kPage, write_listing(asked.name.name, contents));
  if (answer) answer->cost = kListingCost;
  return answer;
}

FolderAnswers::Answer FolderAnswers::answer_without(const Asked& asked, Find find, int reason) {
  if (find == Find::failed)
    return Error{Fault::router, Code::internal, false, root_.path() + '/' + asked.name.name + ": " + strerror(reason)};
  if (find == Find::forbidden)
    return with_text(asked.request, asked.content, "403", kText, "The service may not read this file.\n");
  return answer_nothing(asked);
}

FolderAnswers::Answer FolderAnswers::answer_nothing(const Asked& asked) {
  if (spec_.fallback.empty()) return no_file("no file of this name");
  KnownName& fallback = known_.find(spec_.fallback);
  return fallback.find == Find::file ? answer_file(asked, fallback) : no_file("neither a file nor the fallback");
}

FolderAnswers::Answer FolderAnswers::redirect(const Asked& asked) {
  reply_.head.add(":status", "301");
  reply_.head.add("location", folder_location(asked.name.name, asked.query));
  reply_.head.add("content-length", "0");
  return prepared();
}

FolderAnswers::Answer FolderAnswers::bare(std::string_view status, const Field& field) {
  reply_.head.add(":status", status);
  reply_.head.add(field.name, field.value);
  return prepared();
}

FolderAnswers::Answer FolderAnswers::with_text(const Head& request, FileContent& content, std::string_view status,
                                               std::string_view type, std::string text) {
  reply_.head.add(":status", status);
  reply_.head.add("content-type", type);
  reply_.head.add("content-length", std::to_string(text.size()));
  if (request.method() != "HEAD") content.add(std::move(text));
  return prepared();
}

FolderAnswers::Answer FolderAnswers::prepared() { return FolderAnswer{.head = &reply_.head, .cost = kRequestCost}; }

std::string FolderAnswers::describe() const {
  return "files " + root_.path() + ": " + std::to_string(known_.size()) + " known, " + std::to_string(known_.bytes()) +
         " bytes of them in memory";
}

}  // namespace zeroway
