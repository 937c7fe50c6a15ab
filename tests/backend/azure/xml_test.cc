#include <gtest/gtest.h>

#include "backend/azure/blob_list_xml.h"
#include "backend/azure/block_list_xml.h"
#include "backend/azure/container_list_xml.h"
#include "backend/azure/error_xml.h"
#include "backend/azure/tags_xml.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

std::string Listing(const std::string& blobs, const std::string& marker = "<NextMarker />") {
  return "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults "
         "ServiceEndpoint=\"https://acct.blob.core.windows.net/\" ContainerName=\"c\"><Blobs>" +
         blobs + "</Blobs>" + marker + "</EnumerationResults>";
}

std::string Entry(const std::string& name) {
  return "<Blob>" + name +
         "<Properties><Last-Modified>Thu, 19 Mar 2020 06:23:15 GMT</Last-Modified>"
         "<Content-Length>1</Content-Length></Properties></Blob>";
}

// As the service sends them.
constexpr std::string_view kVersions =
    "<Blob><Name>b</Name><VersionId>2020-03-19T06:23:15.1569236Z</VersionId><Properties>"
    "<Creation-Time>Thu, 19 Mar 2020 06:23:14 GMT</Creation-Time><Last-Modified>Thu, 19 Mar 2020 "
    "06:23:15 GMT</Last-Modified><Etag>0x8D7CBCE01E2FD54</Etag><Content-Length>11</Content-Length>"
    "<Content-Type>application/octet-stream</Content-Type><Content-Encoding /><Content-Language />"
    "<Content-CRC64 /><Content-MD5>sQqNsWTgdUEFt6mb5y4/5Q==</Content-MD5><Cache-Control />"
    "<Content-Disposition /><BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier>"
    "<AccessTierInferred>true</AccessTierInferred><ServerEncrypted>true</ServerEncrypted>"
    "</Properties></Blob>"
    "<Blob><Name>b</Name><VersionId>2020-03-19T06:23:15.4071008Z</VersionId>"
    "<IsCurrentVersion>true</IsCurrentVersion><Properties><Last-Modified>Thu, 19 Mar 2020 06:23:15 "
    "GMT</Last-Modified><Content-Length>11</Content-Length><LeaseStatus>unlocked</LeaseStatus>"
    "<LeaseState>available</LeaseState></Properties></Blob>";

TEST(BlobListXml, VersionsThenWhichIsCurrent) {
  const RemotePage page = Must(ParseBlobList(Listing(std::string(kVersions))));
  ASSERT_EQ(page.blobs.size(), 2U);
  const RemoteBlob& old = page.blobs[0];
  EXPECT_EQ(old.name, "b");
  EXPECT_EQ(old.version_id, "2020-03-19T06:23:15.1569236Z");
  EXPECT_FALSE(old.is_current);
  EXPECT_EQ(old.etag, "\"0x8D7CBCE01E2FD54\"");
  EXPECT_EQ(old.size_bytes, 11U);
  EXPECT_EQ(old.created, *ParseTimestamp("2020-03-19T06:23:14Z"));
  EXPECT_EQ(old.last_modified, *ParseTimestamp("2020-03-19T06:23:15Z"));
  EXPECT_EQ(ToBase64(*old.content_md5), "sQqNsWTgdUEFt6mb5y4/5Q==");
  EXPECT_EQ(old.headers, (ContentHeaders{.content_type = "application/octet-stream"}));
  EXPECT_EQ(old.tier, Tier::kHot);
  EXPECT_TRUE(old.tier_inferred);
  EXPECT_TRUE(page.blobs[1].is_current);
  EXPECT_EQ(page.blobs[1].lease_state, "available");
  EXPECT_EQ(page.next_marker, "");
}

TEST(BlobListXml, DeletedBlobThenVersionsOnly) {
  const RemotePage page = Must(ParseBlobList(
      Listing("<Blob><Name>b</Name><HasVersionsOnly>true</HasVersionsOnly><Properties/></Blob>")));
  ASSERT_EQ(page.blobs.size(), 1U);
  EXPECT_TRUE(page.blobs[0].has_versions_only);
  EXPECT_FALSE(page.blobs[0].is_current);
}

TEST(BlobListXml, NamesThatAreHardToWriteThenExact) {
  const std::pair<std::string, std::string> cases[] = {
      {"<Name> a </Name>", " a "},
      {"<Name> </Name>", " "},
      {"<Name>a\tb</Name>", "a\tb"},
      {"<Name>a\nb</Name>", "a\nb"},
      {"<Name>a&#xD;b</Name>", "a\rb"},
      {"<Name>&lt;&amp;&quot;&apos;&gt;</Name>", "<&\"'>"},
      {"<Name>%41</Name>", "%41"},
      {"<Name Encoded=\"true\">a%EF%BF%BE%20b</Name>", "a\xEF\xBF\xBE b"},
      {"<Name><![CDATA[a<b]]></Name>", "a<b"},
  };
  for (const auto& [xml, name] : cases) {
    const RemotePage page = Must(ParseBlobList(Listing(Entry(xml))));
    ASSERT_EQ(page.blobs.size(), 1U);
    EXPECT_EQ(page.blobs[0].name, name);
  }
}

TEST(BlobListXml, PrefixesAmongBlobsThenBoth) {
  const RemotePage page = Must(
      ParseBlobList(Listing("<BlobPrefix><Name>a/</Name></BlobPrefix>" + Entry("<Name>b</Name>") +
                            "<BlobPrefix><Name Encoded=\"true\">c%2F</Name></BlobPrefix>")));
  EXPECT_EQ(page.prefixes, (std::vector<std::string>{"a/", "c/"}));
  EXPECT_EQ(page.blobs.size(), 1U);
}

TEST(BlobListXml, EmptyPageWithAMarkerThenNotTheLast) {
  const RemotePage page = Must(ParseBlobList(Listing("", "<NextMarker>2!8!x-</NextMarker>")));
  EXPECT_TRUE(page.blobs.empty());
  EXPECT_EQ(page.next_marker, "2!8!x-");
}

TEST(BlobListXml, MetadataTagsAndReplicationThenRead) {
  const RemotePage page = Must(ParseBlobList(Listing(
      "<Blob><OrMetadata><or-003ca702-58ab-4405-8f52-cb92316babde_9a53f315-d56b-44f6-a3e8-"
      "1d62c1b7089b>Complete</or-003ca702-58ab-4405-8f52-cb92316babde_9a53f315-d56b-44f6-a3e8-"
      "1d62c1b7089b></OrMetadata><Tags><TagSet><Tag><Key>k</Key><Value>v w</Value></Tag></TagSet>"
      "</Tags><Metadata><Name>x</Name><Mode>100644</Mode><e /><u>=?utf-8?B?w7w=?=</u></Metadata>"
      "<Properties><Content-Length>1</Content-Length><Last-Modified>Thu, 19 Mar 2020 06:23:15 GMT"
      "</Last-Modified><ArchiveStatus>rehydrate-pending-to-hot</ArchiveStatus><LegalHold>true"
      "</LegalHold><BlobType>AppendBlob</BlobType></Properties><Name>b</Name></Blob>")));
  ASSERT_EQ(page.blobs.size(), 1U);
  const RemoteBlob& blob = page.blobs[0];
  EXPECT_EQ(blob.name, "b");
  EXPECT_EQ(blob.metadata, (StringMap{{"name", "x"}, {"mode", "100644"}, {"e", ""}, {"u", "ü"}}));
  EXPECT_EQ(blob.tags, (StringMap{{"k", "v w"}}));
  EXPECT_EQ(blob.replication,
            (StringMap{{"003ca702-58ab-4405-8f52-cb92316babde_9a53f315-d56b-44f6-a3e8-1d62c1b7089b",
                        "complete"}}));
  EXPECT_EQ(blob.archive_status, "rehydrate-pending-to-hot");
  EXPECT_TRUE(blob.legal_hold);
  EXPECT_EQ(blob.kind, BlobKind::kAppend);
  EXPECT_EQ(blob.tier, std::nullopt);
}

TEST(BlobListXml, WhatIsNoListThenCorrupt) {
  for (const std::string& xml :
       {std::string(), std::string("{}"), std::string("<html/>"), Listing("<Blob></Blob>"),
        Listing("<Blob><Name>b</Name></Blob>"), Listing(Entry("<Name Encoded=\"true\">%x</Name>")),
        Listing("").substr(0, 150)}) {
    EXPECT_CODE(kCorrupt, ParseBlobList(xml)) << xml;
  }
}

TEST(ContainerListXml, ContainersThenTheirProperties) {
  const ContainerPage page = Must(ParseContainerList(
      "<?xml version=\"1.0\"?><EnumerationResults><Containers><Container><Name>c</Name><Properties>"
      "<Last-Modified>Thu, 19 Mar 2020 06:23:15 "
      "GMT</Last-Modified><Etag>\"0x1\"</Etag></Properties>"
      "<Metadata><k>v</k></Metadata></Container></Containers><NextMarker>d</NextMarker>"
      "</EnumerationResults>"));
  ASSERT_EQ(page.containers.size(), 1U);
  EXPECT_EQ(page.containers[0].name, "c");
  EXPECT_EQ(page.containers[0].etag, "\"0x1\"");
  EXPECT_EQ(page.containers[0].metadata, (StringMap{{"k", "v"}}));
  EXPECT_EQ(page.next_marker, "d");
}

TEST(BlockListXml, CommittedBlocksThenInOrder) {
  const auto blocks = Must(ParseBlockList(
      "<?xml version=\"1.0\"?><BlockList><CommittedBlocks><Block><Name>QQ==</Name><Size>7</Size>"
      "</Block><Block><Size>8</Size><Name>Qg==</Name></Block></CommittedBlocks><UncommittedBlocks>"
      "<Block><Name>Qw==</Name><Size>9</Size></Block></UncommittedBlocks></BlockList>"));
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].id, "QQ==");
  EXPECT_EQ(blocks[1].size_bytes, 8U);
  EXPECT_TRUE(Must(ParseBlockList("<BlockList/>")).empty());
}

TEST(BlockListXml, IdsThenTheList) {
  const std::string ids[] = {"QQ==", "Qg=="};
  EXPECT_EQ(BlockListXml(ids),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>QQ==</Latest>"
            "<Latest>Qg==</Latest></BlockList>");
}

TEST(TagsXml, TagsThenTheirXmlAndBack) {
  const StringMap tags{{"a", "<&>"}, {"b", ""}};
  EXPECT_EQ(Must(ParseTags(TagsXml(tags))), tags);
  EXPECT_TRUE(Must(ParseTags("<Tags><TagSet/></Tags>")).empty());
}

TEST(ErrorXml, BodyThenItsCode) {
  const ErrorBody error = Must(ParseErrorXml(
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Error>\n<Code>BlobNotFound</Code>\n"
      "<Message>The specified blob does not exist.\nRequestId:1\nTime:2</Message>\n</Error>"));
  EXPECT_EQ(error.code, "BlobNotFound");
  EXPECT_TRUE(error.message.starts_with("The specified blob"));
  EXPECT_CODE(kCorrupt, ParseErrorXml("<html>Bad Gateway</html>"));
}

}  // namespace
}  // namespace replicafs::azure
