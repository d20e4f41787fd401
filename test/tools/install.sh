#!/usr/bin/env bash
# Installs the independent programs that tests compare with, and the shells that they ask for completions (Debian, root or sudo).
set -euo pipefail
cd "$(dirname "$0")/../.."
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
missing=()
for pair in dcmdump:dcmtk dciodvfy:dicom3tools gdcmdump:libgdcm-tools dcm2niix:dcm2niix \
  /usr/sbin/Orthanc:orthanc /usr/share/orthanc/plugins/libOrthancDicomWeb.so:orthanc-dicomweb \
  chromium:chromium 7z:p7zip-full unzip:unzip java:default-jre-headless mvn:maven zsh:zsh fish:fish \
  redis-server:redis-server redis-cli:redis-tools; do
  command -v "${pair%%:*}" >/dev/null || [ -e "${pair%%:*}" ] || missing+=("${pair##*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
# Debian has Valkey from release 13 on. Where it lacks, the fleet's test says so and goes on with Redis.
if ! command -v valkey-server >/dev/null && [ -n "$(apt-cache search --names-only '^valkey-server$')" ]; then
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends valkey-server >/dev/null
fi
[ -x .tools/python/bin/python3 ] || python3 -m venv .tools/python
.tools/python/bin/python3 -m pip install --quiet --disable-pip-version-check -r test/tools/requirements.txt
# A server of S3 that is not ours: Adobe's S3Mock, Apache-2.0.
s3mock=4.12.4
s3mock_sha256=a60617fe3aabb22d8ad90c2ad40d4989f23e7c7862f5efe7b26f934d516cce3c
if ! echo "$s3mock_sha256  .tools/s3mock.jar" | sha256sum --check --status 2>/dev/null; then
  mvn --quiet org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    "-Dartifact=com.adobe.testing:s3mock:$s3mock:jar:exec" -DoutputDirectory=.tools -Dmdep.stripVersion
  mv .tools/s3mock-exec.jar .tools/s3mock.jar
  echo "$s3mock_sha256  .tools/s3mock.jar" | sha256sum --check --quiet
fi
