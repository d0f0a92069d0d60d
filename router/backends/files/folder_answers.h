// Answers requests from a folder: finds the file, the index file, the listing or the fallback, and prepares the reply.
//
// Owner: FilesBackend.   Thread: one loop.
// Not here: streams and credit (files/files_backend.h).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "router/backends/files/file_content.h"
#include "router/backends/files/file_name.h"
#include "router/backends/files/file_reply.h"
#include "router/backends/files/known_files.h"
#include "router/backends/files/mime_types.h"
#include "router/backends/files/root_folder.h"
#include "router/observe/wall_clock.h"
#include "router/plan/files_spec.h"

namespace zeroway {

// A prepared reply; good until the next answer.
struct FolderAnswer {
  Head* head;
  std::size_t cost;  // of kTurnBytes
};

class FolderAnswers {
 public:
  // `types` and `clock` outlive this object.
  FolderAnswers(const FilesSpec& spec, const MimeTypes& types, const WallClock& clock);

  // Opens the folder, once, before the first request. Fails when there is none, or when the kernel has no openat2.
  [[nodiscard]] Result<> open_root() { return root_.open(); }

  // Prepares the head, and puts what follows it into `content`. An error is for the exchange, which writes the page.
  [[nodiscard]] Result<FolderAnswer> answer(const Head& request, FileContent& content);

  // One line for the operator.
  [[nodiscard]] std::string describe() const;

 private:
  struct Asked {
    const Head& request;
    FileContent& content;
    FileName name;
    std::string_view query;  // "" or from the '?' on
  };
  using Answer = Result<FolderAnswer>;

  [[nodiscard]] Answer answer_name(const Asked& asked);
  [[nodiscard]] Answer answer_folder(const Asked& asked);
  [[nodiscard]] Answer answer_known(const Asked& asked, KnownName& known);
  [[nodiscard]] Answer answer_file(const Asked& asked, KnownName& known);
  [[nodiscard]] Answer answer_opened(const Asked& asked, KnownName& known, Coding coding);
  // `source`: an open file, or its bytes in memory.
  template <class Source>
  [[nodiscard]] Answer answer_from(const Asked& asked, Source source);
  [[nodiscard]] Answer answer_listing(const Asked& asked);
  [[nodiscard]] Answer answer_without(const Asked& asked, Find find, int reason);
  [[nodiscard]] Answer answer_nothing(const Asked& asked);
  [[nodiscard]] Answer redirect(const Asked& asked);
  [[nodiscard]] Answer bare(std::string_view status, const Field& field);
  [[nodiscard]] Answer with_text(const Head& request, FileContent& content, std::string_view status,
                                 std::string_view type, std::string text);
  [[nodiscard]] Answer prepared();

  void prepare(const Head& request, KnownName& known, Coding coding);
  [[nodiscard]] std::string_view cache_control(std::string_view type) const;
  void change_boundary();

  const FilesSpec& spec_;
  const WallClock& clock_;
  DotFiles dot_files_;
  MimeTypes types_;
  std::string page_age_, other_age_;  // Cache-Control by age
  RootFolder root_;
  KnownFiles known_;
  FileReply reply_;
  std::uint64_t boundary_seed_;
  std::string boundary_;
};

}  // namespace zeroway
