import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../', import.meta.url))

/** SPDX identifiers of the licences that packages at run time may have. */
const allowedLicences = new Set(['(MIT AND Zlib)', '0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'])

interface LockedPackage {
  readonly link?: boolean
  readonly resolved?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
}

const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'),
)
const installed = Object.entries(lock.packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
)

test('every package in the lock file has a SHA-512, and no address that is not https', () => {
  const unsafe = installed.filter(([, { integrity, resolved }]) => {
    const isSecure = resolved === undefined || resolved.startsWith('https://')
    return !isSecure || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '')
  })
  expect(installed.length).toBeGreaterThan(100)
  expect(unsafe).toEqual([])
})

test('no package at run time has an install script, but for a faster reader of messages that BullMQ does without', () => {
  const scripts = installed.filter(([, { dev, hasInstallScript }]) => hasInstallScript === true && dev !== true)
  // An optional dependency of msgpackr: where its script is not allowed to run, JavaScript does the same.
  expect(scripts.map(([path]) => path)).toEqual(['node_modules/msgpackr-extract'])
})

test('every package at run time, or in the bundle of the command, has a licence that is allowed', async () => {
  const selector = ':is(.prod, [name="@ahi-dicom/cli"] > *)'
  const { stdout } = await run('npm', ['query', selector, '--package-lock-only'], { cwd: root, maxBuffer: 2 ** 26 })
  const packages: readonly { readonly pkgid: string; readonly license?: string }[] = JSON.parse(stdout)
  expect(packages.length).toBeGreaterThan(100)
  const others = packages.filter(({ license = '' }) => !allowedLicences.has(license))
  expect(others.map(({ pkgid, license }) => `${pkgid}: ${license}`)).toEqual([])
})
