#!/usr/bin/env bash
# Installs the independent programs that tests compare with, and the shells that they ask for completions (Debian, root or sudo).
set -euo pipefail
cd "$(dirname "$0")/../.."
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
missing=()
for pair in dcmdump:dcmtk dciodvfy:dicom3tools gdcmdump:libgdcm-tools 7z:p7zip-full unzip:unzip zsh:zsh fish:fish; do
for pair in dcmdump:dcmtk dciodvfy:dicom3tools gdcmdump:libgdcm-tools zsh:zsh fish:fish \
  /usr/sbin/Orthanc:orthanc /usr/sbin/Orthanc:orthanc-dicomweb; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
[ -x .tools/python/bin/python3 ] || python3 -m venv .tools/python
.tools/python/bin/pip install --quiet --disable-pip-version-check -r test/tools/requirements.txt
