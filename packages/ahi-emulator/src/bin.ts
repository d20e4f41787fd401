#!/usr/bin/env node
// An old Node.js must parse this file to report that it is too old. Use no static import and no new syntax here.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 13)) {
  void import('./start.ts')
} else {
  process.stderr.write(
    `ahi-emulator: Cannot run on Node.js ${process.versions.node}: version 22.13 or later is needed; install it from https://nodejs.org\n`,
  )
  process.exitCode = 1
}
