#include "request_json.h"

#include <openssl/evp.h>

#include <algorithm>

namespace {

constexpr auto kReplace = Json::error_handler_t::replace;

char upper(char letter) { return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter; }

std::string title_case(std::string_view name) {
  std::string title(name);
  bool is_first = true;
  for (char& letter : title) {
    if (is_first) letter = upper(letter);
    is_first = letter == '-';
  }
  return title;
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return text;
}

bool is_utf8(std::string_view bytes) {
  try {
    (void)Json(bytes).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

std::string text_or_data_url(std::string_view bytes) {
  return is_utf8(bytes) ? std::string(bytes) : "data:application/octet-stream;base64," + base64(bytes);
}

// The value of `name` in a field like `form-data; name="a"; filename="b"`.
std::string parameter(std::string_view field, std::string_view name) {
  const std::string key = "; " + std::string(name) + "=";
  const std::size_t at = field.find(key);
  if (at == std::string_view::npos) return {};
  std::string_view value = field.substr(at + key.size());
  if (!value.empty() && value.front() == '"') {
    value.remove_prefix(1);
    return std::string(value.substr(0, value.find('"')));
  }
  return std::string(value.substr(0, value.find(';')));
}

// One part of multipart/form-data (RFC 7578): what has a file name goes to `files`, the rest to `form`.
void read_part(std::string_view part, Pairs& form, Pairs& files) {
  const std::size_t end_of_head = part.find("\r\n\r\n");
  if (end_of_head == std::string_view::npos) return;
  const std::string_view head = part.substr(0, end_of_head);
  const std::string_view line = head.substr(std::min(head.find("form-data"), head.size()));
  const std::string_view disposition = line.substr(0, line.find("\r\n"));
  const std::string name = parameter(disposition, "name");
  const bool is_file = disposition.find("; filename=") != std::string_view::npos;
  if (!name.empty()) (is_file ? files : form).emplace_back(name, text_or_data_url(part.substr(end_of_head + 4)));
}

void read_multipart(std::string_view body, const std::string& boundary, Pairs& form, Pairs& files) {
  const std::string delimiter = "--" + boundary;
  std::size_t at = body.find(delimiter);
  while (at != std::string_view::npos) {
    const std::size_t begin = at + delimiter.size() + 2;  // its line break
    const std::size_t next = body.find("\r\n" + delimiter, std::min(begin, body.size()));
    if (next == std::string_view::npos) return;
    read_part(body.substr(begin, next - begin), form, files);
    at = next + 2;
  }
}

}  // namespace

Json to_json(const Pairs& pairs) {
  Json object = Json::object();
  for (const auto& [name, value] : pairs) {
    Json& member = object[name];
    if (member.is_null()) {
      member = value;
    } else {
      if (!member.is_array()) member = Json::array({member});
      member.push_back(value);
    }
  }
  return object;
}

Json headers_of(const zeroway::RequestBase& request) {
  Json object = Json::object();
  if (!request.authority().empty()) object["Host"] = request.authority();
  for (const zeroway::FieldView field : request.fields()) {
    Json& member = object[title_case(field.name)];
    member = member.is_null() ? std::string(field.value)
                              : member.get<std::string>() + (field.name == "cookie" ? "; " : ",") +
                                    std::string(field.value);  // RFC 9110 §5.3; RFC 6265 §5.4
  }
  return object;
}

std::string origin_of(const zeroway::RequestBase& request) {
  return std::string(request.field("x-forwarded-for").value_or(std::string_view{}));
}

Json describe(const zeroway::RequestBase& request) {
  return {{"args", to_json(request.query_pairs())},
          {"headers", headers_of(request)},
          {"origin", origin_of(request)},
          {"url",
           std::string(request.scheme()) + "://" + std::string(request.authority()) + std::string(request.target())}};
}

Json describe(const zeroway::RequestBase& request, std::string_view body) {
  Json json = describe(request);
  const std::string_view type = request.field("content-type").value_or(std::string_view{});
  Pairs form, files;
  std::string_view data;
  if (type.starts_with("application/x-www-form-urlencoded")) {
    form = zeroway::read_query(body);
  } else if (type.starts_with("multipart/form-data")) {
    read_multipart(body, parameter(type, "boundary"), form, files);
  } else {
    data = body;
  }
  Json parsed = Json::parse(data, nullptr, /*allow_exceptions=*/false);
  json["data"] = text_or_data_url(data);
  json["files"] = to_json(files);
  json["form"] = to_json(form);
  json["json"] = parsed.is_discarded() ? Json() : std::move(parsed);
  return json;
}

Json cookies_of(const zeroway::RequestBase& request) {
  Json cookies = Json::object();
  for (const zeroway::FieldView field : request.fields()) {
    if (field.name != "cookie") continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      std::string_view one = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
      const std::size_t equals = one.find('=');
      if (equals != std::string_view::npos) cookies[std::string(one.substr(0, equals))] = one.substr(equals + 1);
    }
  }
  return cookies;
}

std::string write_json(const Json& json) { return json.dump(2, ' ', false, kReplace) + "\n"; }
std::string write_json_line(const Json& json) { return json.dump(-1, ' ', false, kReplace) + "\n"; }

void send_json(zeroway::ReplyBase& reply, const Json& json) {
  reply.field("content-type", "application/json");
  reply.send(write_json(json));
}
