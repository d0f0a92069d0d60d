// What a loop remembers of files: what a name is, its validators, and the contents of small files.
//
// Owner: FilesBackend.   Thread: one loop.
// Bounded in number (kMostKnown) and in bytes (kHotBytes): the name that was not asked for the longest goes first.
// Nothing is believed for longer than kLookAgain; then the name is looked up again. Only files are remembered, so
// asking for names that do not exist takes no memory. Not here: which representation a client gets
// (files/content_coding.h).
#pragma once
#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "router/backends/files/content_coding.h"
#include "router/backends/files/mime_types.h"
#include "router/backends/files/root_folder.h"
#include "router/observe/wall_clock.h"
#include "router/route/by_text.h"

namespace zeroway {

// One representation of a file.
struct KnownFile {
  FileFacts facts;
  std::string etag;
  std::string last_modified;                   // "" without a date
  std::shared_ptr<const std::string> content;  // none: not in memory. Open replies hold it, too
};

struct KnownName {
  std::string name;
  Find find = Find::nothing;
  int reason = 0;         // errno, when find is `failed`
  std::string_view type;  // "" = unknown
  CodingSet there = 0;    // of a file: the representations there are
  std::array<KnownFile, kCodings> files;
  Time looked_up{};

  [[nodiscard]] KnownFile& file(Coding coding) { return files[static_cast<std::size_t>(coding)]; }
  [[nodiscard]] bool varies() const { return there != coding_bit(Coding::identity); }
};

enum class Precompressed : bool { no, yes };

class KnownFiles {
 public:
  // `root`, `types` and `clock` outlive this object.
  KnownFiles(RootFolder& root, const MimeTypes& types, const WallClock& clock, Precompressed precompressed)
      : root_(root), types_(types), clock_(clock), precompressed_(precompressed) {}

  // Good until the next call.
  [[nodiscard]] KnownName& find(const std::string& name);
  // Opens a representation of a file, and corrects what is known of it. Its content is in memory afterwards if it is
  // small and has not changed of late: the time of a change is too coarse to see a second one.
  [[nodiscard]] Opened open(KnownName& known, Coding coding);

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  using Place = std::list<KnownName>::iterator;

  [[nodiscard]] KnownName& touch(const std::string& name);
  void look(KnownName& known);
  void note(KnownFile& file, const FileFacts& facts, Coding coding);
  void drop_content(KnownFile& file);
  void keep_content(KnownFile& file, const Descriptor& descriptor);
  void forget(Place place);
  void keep_bounds();

  RootFolder& root_;
  const MimeTypes& types_;
  const WallClock& clock_;
  Precompressed precompressed_;
  std::list<KnownName> names_;  // asked for last comes first
  ByText<Place> places_;
  KnownName no_file_;  // the last name that is no file
  std::size_t bytes_ = 0;
  Time root_looked_up_{};
};

}  // namespace zeroway
