#include "router/backends/archive/unpack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "router/backends/archive/limits.h"
#include "router/backends/archive/member_name.h"
#include "router/backends/files/descriptor.h"

namespace zeroway {

namespace {

namespace fs = std::filesystem;

Error wrong(std::string detail) { return {Fault::router, Code::internal, false, std::move(detail)}; }

struct CloseZip {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using Zip = std::unique_ptr<zip_t, CloseZip>;
using Member = std::unique_ptr<zip_file_t, CloseMember>;

Result<Zip> open_zip(const std::string& path) {
  int code = 0;
  Zip zip(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (zip) return zip;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string why = zip_error_strerror(&error);
  zip_error_fini(&error);
  return wrong("it is no ZIP archive that can be read: " + why);
}

// The kind of file that the archive's maker says, of Unix's; 0 = it says none.
mode_t kind_of(zip_t* zip, zip_uint64_t index) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(zip, index, 0, &system, &attributes) != 0) return 0;
  return system == ZIP_OPSYS_UNIX ? static_cast<mode_t>(attributes >> 16) & S_IFMT : 0;
}

// Removes what is not finished.
class NewFolder {
 public:
  explicit NewFolder(const std::string& folder) : path_(folder + ".new-" + std::to_string(::getpid())) {}
  ~NewFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  [[nodiscard]] Result<> make() const {
    std::error_code error;
    fs::remove_all(path_, error);
    fs::create_directories(path_, error);
    return error ? Result<>(wrong(path_ + ": " + error.message())) : Result<>();
  }
  // Another process may have been faster.
  [[nodiscard]] Result<> become(const std::string& folder) const {
    std::error_code error;
    fs::rename(path_, folder, error);
    return error && !fs::is_directory(folder) ? Result<>(wrong(folder + ": " + error.message())) : Result<>();
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

class Unpacker {
 public:
  Unpacker(zip_t* zip, const std::string& folder, std::uint64_t most)
      : zip_(zip), folder_(folder), most_(most), buffer_(kUnpackSize) {}

  [[nodiscard]] Result<> run() {
    const zip_int64_t count = zip_get_num_entries(zip_, 0);
    if (count <= 0) return wrong("it has no members");
    if (static_cast<std::uint64_t>(count) > kMostMembers)
      return wrong("it has " + std::to_string(count) + " members; at most " + std::to_string(kMostMembers) +
                   " are served");
    for (zip_uint64_t index = 0; index < static_cast<zip_uint64_t>(count); ++index)
      if (auto done = unpack_member(index); !done) return done;
    return {};
  }

 private:
  [[nodiscard]] Result<> unpack_member(zip_uint64_t index) {
    zip_stat_t facts;
    if (zip_stat_index(zip_, index, 0, &facts) != 0) return wrong("member " + std::to_string(index) + ": " + said());
    const std::string name = facts.name;
    const auto refused = [&](const std::string& why) { return wrong("member '" + name + "': " + why); };
    if (const std::string fault = fault_of_member(name); !fault.empty()) return refused(fault);
    const mode_t kind = kind_of(zip_, index);
    if (kind != 0 && kind != S_IFREG && kind != S_IFDIR) return refused("it is neither a file nor a folder");
    if ((facts.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && facts.encryption_method != ZIP_EM_NONE)
      return refused("it is encrypted");
    const auto done = is_folder_name(name) ? make_folders(name) : write_member(index, name, facts);
    return done ? done : Result<>(refused(done.error().detail));
  }

  [[nodiscard]] Result<> make_folders(const std::string& name) {
    std::error_code error;
    fs::create_directories(folder_ + '/' + name, error);
    return error ? Result<>(wrong(error.message())) : Result<>();
  }

  [[nodiscard]] Result<> write_member(zip_uint64_t index, const std::string& name, const zip_stat_t& facts) {
    if (const auto slash = name.rfind('/'); slash != std::string::npos)
      if (auto made = make_folders(name.substr(0, slash)); !made) return made;
    const std::string path = folder_ + '/' + name;
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!file.is_open()) return wrong(errno == EEXIST ? "another member has its name" : std::strerror(errno));
    const Member member(zip_fopen_index(zip_, index, 0));
    if (!member) return wrong(said());
    if (auto copied = copy(member.get(), file.fd()); !copied) return copied;
    keep_time(file.fd(), facts);
    return {};
  }

  // libzip compares the checksum when the last byte has been read.
  [[nodiscard]] Result<> copy(zip_file_t* member, int file) {
    while (true) {
      const zip_int64_t count = zip_fread(member, buffer_.data(), buffer_.size());
      if (count == 0) return {};
      if (count < 0) return wrong(zip_file_strerror(member));
      unpacked_ += static_cast<std::uint64_t>(count);
      if (unpacked_ > most_) return wrong("all members together are larger than " + std::to_string(most_) + " bytes");
      if (auto written = write_all(file, static_cast<std::size_t>(count)); !written) return written;
    }
  }

  [[nodiscard]] Result<> write_all(int file, std::size_t size) {
    for (std::size_t done = 0; done < size;) {
      const ssize_t count = ::write(file, buffer_.data() + done, size - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return wrong(std::strerror(errno));
      done += static_cast<std::size_t>(count);
    }
    return {};
  }

  // So that Last-Modified and ETag are the same on all routers that serve the archive.
  static void keep_time(int file, const zip_stat_t& facts) {
    if ((facts.valid & ZIP_STAT_MTIME) == 0) return;
    const timespec times[2] = {{facts.mtime, 0}, {facts.mtime, 0}};
    static_cast<void>(::futimens(file, times));
  }

  [[nodiscard]] std::string said() const { return zip_strerror(zip_); }

  zip_t* zip_;
  const std::string& folder_;
  const std::uint64_t most_;
  std::vector<char> buffer_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace

Result<> unpack(const std::string& archive, const std::string& folder, std::uint64_t most) {
  const auto named = [&](const Error& error) { return wrong(archive + ": " + error.detail); };
  if (fs::is_directory(folder)) return {};
  const auto zip = open_zip(archive);
  if (!zip) return named(zip.error());
  const NewFolder fresh(folder);
  if (auto made = fresh.make(); !made) return made;
  if (auto done = Unpacker(zip->get(), fresh.path(), most).run(); !done) return named(done.error());
  return fresh.become(folder);
}

}  // namespace zeroway
