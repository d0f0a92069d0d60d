// Every number that limits something at the sockets, with its reason.
#pragma once
#include <chrono>
#include <cstddef>

namespace zeroway {

// loop
inline constexpr int kReadyBatch = 256;  // ready sockets taken by one call; more of them need another call
inline constexpr int kBusyBatch = 2;     // this many at once: the set is likely to be ready again when they are served
inline constexpr int kBusyRounds = 8;    // then timers and posts have their turn, busy or not

// connection
inline constexpr std::size_t kReadSize = 65'536;     // one read; one buffer for all connections of a loop
inline constexpr std::size_t kLargeRead = 16'384;    // more is likely to be there, or on its way
inline constexpr std::size_t kSpareInput = 524'288;  // of a loop: a worker's message of a stream's window, and more
inline constexpr unsigned kMaxSends = 64;  // in one call; more sends would gain little and delay the first one
inline constexpr std::size_t kSmallSend =
    16'384;  // sent together with others: 1 MiB; above, copying costs, not the call
inline constexpr std::size_t kHighMark = 262'144;    // bytes the kernel refused: above, no more requests are read
inline constexpr std::size_t kLowMark = 65'536;      // below, written bytes are credited to their sender
inline constexpr std::size_t kKeptCapacity = 4'096;  // memory an idle connection may keep; more is given back

// lingering: after the last reply, bytes that still come are read and dropped, else RST would destroy that reply
inline constexpr std::chrono::milliseconds kLingerTime{30'000};  // uploads of clients that read only when they are done
inline constexpr std::chrono::milliseconds kLingerSilence{5'000};  // nothing comes: the client reads, or is gone
inline constexpr std::size_t kLingerBytes = 1 << 30;               // most of them: kLingerTime at 290 Mbit/s
inline constexpr std::size_t kMaxLingering = 1'024;  // connections of one loop at once; further ones linger briefly
inline constexpr std::chrono::milliseconds kBriefLinger{2'000};  // a round trip to anywhere, twice
inline constexpr std::size_t kBriefLingerBytes = 1 << 20;        // most of the bytes that were on their way
inline constexpr std::size_t kFloodLingerBytes = 65'536;         // one read

// listener
inline constexpr int kBacklog = 4'096;   // the kernel cuts it to net.core.somaxconn, which is that on Debian
inline constexpr int kAcceptBatch = 64;  // accepted in one turn, so that open connections are served in between
inline constexpr std::chrono::milliseconds kAcceptPause{100};  // no descriptors left: time for one to come free
inline constexpr int kProbeAfter = 60;  // seconds of silence: a client that is gone without FIN or RST …
inline constexpr int kProbeInterval = 15, kProbes = 4;  // … is found in 2 minutes; a stream may be silent for hours
inline constexpr std::chrono::minutes kTellAgain{1};    // between reports of too many connections or no descriptor
inline constexpr std::size_t kMaxRatedAddresses = 65'536;  // addresses whose rate is known: 6 MiB
inline constexpr unsigned kUnixSocketMode = 0660;          // of a socket's file: its owner and its group, e.g. www-data

// proxy header
inline constexpr std::size_t kMaxProxyLine = 107;  // of version 1, with its end: the specification's longest line
inline constexpr std::size_t kProxyRead = 512;     // looked at at once: a header with the usual extensions

// dialing
inline constexpr std::chrono::milliseconds kAttemptDelay{250};    // RFC 8305 §5, before the next address is tried, too
inline constexpr std::chrono::milliseconds kUnixBacklogWait{20};  // a unix socket with a full backlog is asked again

// names
inline constexpr std::chrono::milliseconds kNameServerWait{2'000};  // for one answer, then the next server is asked
inline constexpr int kNameServerRounds = 2;                         // a lost packet, or a server that restarts
inline constexpr std::chrono::milliseconds kNameQuestion{10'000};   // for all servers and rounds: enough for two each
inline constexpr std::chrono::seconds kLeastNameLife{5};            // of an answer: a TTL of 0 would ask for each dial
inline constexpr std::chrono::seconds kMostNameLife{300};  // of an answer: an operator who moves a server waits so long
inline constexpr std::chrono::seconds kFailedNameLife{2};  // until a name that failed is asked again
inline constexpr std::chrono::hours kStaleNameLife{1};     // an old answer serves while name servers fail
inline constexpr std::chrono::milliseconds kStaleWait{500};        // for a new answer, then the old answer is given
inline constexpr std::chrono::seconds kEarlyInterval{5};           // between questions because of failed connects
inline constexpr std::chrono::milliseconds kOtherFamilyWait{100};  // for AAAA when A is there, and the reverse
inline constexpr std::size_t kMaxNames = 4'096;                    // kept answers; far more than a file of routes names
inline constexpr std::size_t kMaxNameAddresses = 256;              // of one name: real answers are below 100

// tls
inline constexpr std::size_t kTlsRecord = 16'384;  // RFC 8446 §5.1: most of a record's plaintext
// The plaintext of one read at most: the size of the read, and the record that was not complete before the read.
inline constexpr std::size_t kTlsPlain = kReadSize + kTlsRecord;
inline constexpr std::size_t kHelloRetry = 160;  // a first answer up to this is HelloRetryRequest: no signature yet
inline constexpr std::size_t kTlsOutputCapacity = 4 * kReadSize;  // memory kept by a loop for its next output
inline constexpr std::size_t kMaxCertList = 65'536;          // bytes of a client's chain; real ones are below 10 KB
inline constexpr std::size_t kMaxSubject = 2'048;            // of a client's certificate, as text: refused above
inline constexpr std::size_t kMaxPemFile = 4 << 20;          // of certificates or keys; a whole system's CAs fit
inline constexpr std::size_t kMaxTlsPairs = 10'000;          // in one directory
inline constexpr std::chrono::hours kExpiryNotice{14 * 24};  // of a certificate: time to have another one signed
inline constexpr std::chrono::hours kExpiryInterval{24};     // between two such warnings
inline constexpr std::size_t kMaxTlsSessions = 1'024;        // of origins, kept by one set of client rules: 4 MiB
inline constexpr std::chrono::hours kTlsSessionLife{1};  // a resumed session skips the check of certificates that long
inline constexpr std::chrono::milliseconds kFilesInterval{500};  // between two looks at the certificates' files
inline constexpr std::chrono::minutes kOcspSkew{5};              // a responder's clock may be ahead of ours
inline constexpr std::chrono::hours kOcspNoEnd{1};  // how long an answer without nextUpdate is given to clients
// Of an ACME challenge's certificate, before and after now: an authority's clock may be days off.
inline constexpr std::chrono::seconds kChallengeLife{7 * 24 * 3600};

}  // namespace zeroway
