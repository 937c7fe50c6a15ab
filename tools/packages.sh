# Debian 12 packages, in one place: sourced by tools/quickstart and tests/run.
# shellcheck shell=bash disable=SC2034

# To build the program, and to mount.
build_packages=(
  build-essential cmake ninja-build pkg-config
  libfuse3-dev libssl-dev libcurl4-openssl-dev liblmdb-dev libspdlog-dev
  nlohmann-json3-dev libcli11-dev libtomlplusplus-dev libpugixml-dev
  fuse3
)
# To try it out.
try_packages=(attr)
# To build and run the tests.
test_packages=(git python3 python3-venv libgtest-dev libgmock-dev attr rsync)
# For Azurite; another Node.js than Debian's brings its own npm.
command -v npm >/dev/null || test_packages+=(npm)

# install_packages NAME…: those that are missing, as root or through sudo.
install_packages() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
      missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return 0
  if ! command -v apt-get >/dev/null; then
    echo "apt-get is missing: install these yourself, then run this again: ${missing[*]}" >&2
    return 1
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "not root, and sudo is missing: as root, run: apt-get install -y ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "installing: ${missing[*]}"
  # A package list that cannot be refreshed may still be good enough.
  "${as_root[@]}" apt-get update -qq || echo "apt-get update failed; going on" >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
