#include "backend/azure/block_list_xml.h"

#include "backend/azure/xml.h"

namespace replicafs::azure {

Result<std::vector<RemoteBlock>> ParseBlockList(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = TRY(ParseXml(xml, "BlockList", document));
  std::vector<RemoteBlock> blocks;
  for (const pugi::xml_node& node : root.child("CommittedBlocks").children("Block"))
    blocks.push_back({TextOf(node, "Name"), node.child("Size").text().as_ullong()});
  return blocks;
}

std::string BlockListXml(std::span<const std::string> block_ids) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
  for (const std::string& id : block_ids) {
    xml += "<Latest>";
    AppendEscaped(xml, id);
    xml += "</Latest>";
  }
  return xml + "</BlockList>";
}

}  // namespace replicafs::azure
