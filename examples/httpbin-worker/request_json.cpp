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

}  // namespace

bool is_form(const zeroway::RequestBase& request) {
  const std::string_view type = request.field("content-type").value_or(std::string_view{});
  return type.starts_with("application/x-www-form-urlencoded") || type.starts_with("multipart/form-data");
}

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

Json describe(const zeroway::RequestBase& request, const zeroway::Form& form) {
  Pairs fields, files;
  for (const auto& [name, value] : form.pairs()) fields.emplace_back(name, text_or_data_url(value));
  for (const zeroway::FormFile& file : form.files()) files.emplace_back(file.name, text_or_data_url(file.bytes));
  Json json = describe(request, "");
  json["files"] = to_json(files);
  json["form"] = to_json(fields);
  return json;
}

Json describe(const zeroway::RequestBase& request, std::string_view body) {
  Json json = describe(request);
  Json parsed = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  json["data"] = text_or_data_url(body);
  json["files"] = json["form"] = Json::object();
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

void send_json(zeroway::ReplyBase& reply, const Json& json) { reply.json(write_json(json)); }
