// Metadata values as headers carry them. Here a value is any text; a header takes printable ASCII,
// and loses spaces at its ends. Other values are sent as an encoded word of RFC 2047,
// "=?utf-8?B?…?=", which other tools show as it stands.
#pragma once

#include <string>
#include <string_view>

namespace replicafs::azure {

// DecodeMetadataValue(EncodeMetadataValue(x)) is x, for all x.
std::string EncodeMetadataValue(std::string_view value);
// A value that is no whole encoded word of that form is taken as it is.
std::string DecodeMetadataValue(std::string_view value);

}  // namespace replicafs::azure
