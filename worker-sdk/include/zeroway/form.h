// Forms as HTML pages send them: application/x-www-form-urlencoded and multipart/form-data (RFC 7578).
//
// Read whole, for forms without large files:
//
//     const Form form = request.form();                         // co_await request.form() in a coroutine
//     reply.send("Hello, " + form.value("name").value_or("you"));
//
// Read part by part, for files of any size; the SDK holds only the piece that it gives out:
//
//     FormReader reader(request);                               // AsyncFormReader: co_await in front of each call
//     while (auto part = reader.next_part())
//       while (auto piece = reader.read()) …                    // of this part
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zeroway/task.h"
#include "zeroway/url.h"

namespace zeroway {

class AsyncRequest;
class FormParser;  // the SDK's own
class Request;

// A form above one of these limits is answered with 413 (StatusError).
struct FormLimits {
  std::size_t max_parts = 1'000;
  // The bytes of one part's content. For FormReader only: form() holds the whole form, so WorkerOptions::max_body
  // bounds it.
  std::size_t max_part = std::size_t{1} << 40;
};

// The head of one part. In a urlencoded form each pair is a part.
struct FormPart {
  std::string name;
  std::optional<std::string>
      filename;              // of a file: as the client says it, maybe with folders in it. Never use it as a path
  std::string content_type;  // "text/plain" when the client names none

  [[nodiscard]] bool is_file() const { return filename.has_value(); }
};

// A file of a form that was read whole.
struct FormFile {
  std::string name, filename, content_type, bytes;
};

// A form that was read whole. Values are bytes, UTF-8 as browsers send them.
class Form {
 public:
  // The first value of this name; nothing when there is none. Files do not count as values.
  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
  // All values, in order.
  [[nodiscard]] const std::vector<QueryPair>& pairs() const { return pairs_; }
  // The first file of this name; nullptr when there is none. An input without a chosen file gives an empty filename.
  [[nodiscard]] const FormFile* file(std::string_view name) const;
  [[nodiscard]] const std::vector<FormFile>& files() const { return files_; }

  // For the SDK.
  void add(const FormPart& part, std::string content);

 private:
  std::vector<QueryPair> pairs_;
  std::vector<FormFile> files_;
};

// Reads the request's body as a form. For handlers on the pool and inline handlers. A reader lives in the handler;
// while it lives, nothing else reads the request's body.
class FormReader {
 public:
  // Throws StatusError: 415 when the request's content-type is not that of a form, 400 when it names no boundary.
  explicit FormReader(Request& request, const FormLimits& limits = {});
  ~FormReader();
  FormReader(const FormReader&) = delete;
  FormReader& operator=(const FormReader&) = delete;

  // The next part; the unread rest of the part before is skipped. Nothing at the form's end. Throws StatusError(400)
  // when the form is malformed or cut off, StatusError(413) above the limits, and Cancelled. A urlencoded form is held
  // whole, so max_body bounds it.
  [[nodiscard]] std::optional<FormPart> next_part();
  // The next piece of this part's content, at least one byte; nothing at the part's end. Good until the next call.
  [[nodiscard]] std::optional<std::string_view> read();

 private:
  Request& request_;
  std::unique_ptr<FormParser> parser_;
};

// The same for coroutines.
class AsyncFormReader {
 public:
  explicit AsyncFormReader(AsyncRequest& request, const FormLimits& limits = {});
  ~AsyncFormReader();
  AsyncFormReader(const AsyncFormReader&) = delete;
  AsyncFormReader& operator=(const AsyncFormReader&) = delete;

  // `while (auto part = co_await reader.next_part()) …`
  Task<std::optional<FormPart>> next_part();
  // `while (auto piece = co_await reader.read()) …`
  Task<std::optional<std::string_view>> read();

 private:
  AsyncRequest& request_;
  std::unique_ptr<FormParser> parser_;
};

}  // namespace zeroway
