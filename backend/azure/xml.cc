#include "backend/azure/xml.h"

#include "backend/azure/ascii.h"
#include "backend/azure/uri.h"

namespace replicafs::azure {

Result<pugi::xml_node> ParseXml(std::string_view text, const char* root,
                                pugi::xml_document& document) {
  // Names may be white space alone; the line ends in them are theirs.
  constexpr unsigned int kOptions =
      (pugi::parse_default | pugi::parse_ws_pcdata_single) & ~pugi::parse_eol;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size(), kOptions);
  if (!parsed)
    return Error{ErrorCode::kCorrupt,
                 std::string("the service's answer is not XML: ") + parsed.description()};
  const pugi::xml_node node = document.child(root);
  if (!node)
    return Error{ErrorCode::kCorrupt,
                 std::string("the service's answer has no element '") + root + "'"};
  return node;
}

bool IsTrue(const pugi::xml_node& parent, const char* name) {
  return EqualIgnoringCase(parent.child(name).text().get(), "true");
}

Result<std::string> NameOf(const pugi::xml_node& parent) {
  const pugi::xml_node node = parent.child("Name");
  std::string name = node.text().get();
  if (EqualIgnoringCase(node.attribute("Encoded").value(), "true")) {
    auto decoded = Decode(name);
    if (!decoded)
      return Error{ErrorCode::kCorrupt,
                   "the service says that the name '" + name + "' is encoded, but it is not"};
    name = std::move(*decoded);
  }
  if (name.empty())
    return Error{ErrorCode::kCorrupt, "the service's list has an entry without a name"};
  return name;
}

void AppendEscaped(std::string& xml, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': xml += "&amp;"; break;
      case '<': xml += "&lt;"; break;
      case '>': xml += "&gt;"; break;
      default: xml += c;
    }
  }
}

}  // namespace replicafs::azure
