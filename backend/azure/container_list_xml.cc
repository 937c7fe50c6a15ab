#include "backend/azure/container_list_xml.h"

#include "backend/azure/ascii.h"
#include "backend/azure/http_date.h"
#include "backend/azure/metadata_value.h"
#include "backend/azure/xml.h"

namespace replicafs::azure {

Result<ContainerPage> ParseContainerList(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = TRY(ParseXml(xml, "EnumerationResults", document));
  ContainerPage page;
  for (const pugi::xml_node& node : root.child("Containers").children("Container")) {
    const pugi::xml_node properties = node.child("Properties");
    RemoteContainer container;
    container.name = TRY(NameOf(node));
    container.etag = TextOf(properties, "Etag");
    if (!container.etag.empty() && !container.etag.ends_with('"'))
      container.etag = '"' + container.etag + '"';
    container.last_modified =
        ParseHttpDate(TextOf(properties, "Last-Modified")).value_or(Timestamp{});
    for (const pugi::xml_node& item : node.child("Metadata").children())
      container.metadata.insert_or_assign(LowerAscii(item.name()),
                                          DecodeMetadataValue(item.text().get()));
    page.containers.push_back(std::move(container));
  }
  page.next_marker = TextOf(root, "NextMarker");
  return page;
}

}  // namespace replicafs::azure
