import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { satisfies } from 'semver'
import { expect, test } from 'vitest'
import root from '../package.json' with { type: 'json' }

const run = promisify(execFile)
const folder = fileURLToPath(new URL('../', import.meta.url))

/** SPDX identifiers of the licences that packages at run time may have. */
const allowedLicences = new Set(['(MIT AND Zlib)', '0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'])

interface LockedPackage {
  readonly link?: boolean
  readonly resolved?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
}

interface InstalledPackage {
  readonly name: string
  readonly engines?: { readonly node?: string }
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
  const { stdout } = await run('npm', ['query', selector, '--package-lock-only'], { cwd: folder, maxBuffer: 2 ** 26 })
  const packages: readonly { readonly pkgid: string; readonly license?: string }[] = JSON.parse(stdout)
  expect(packages.length).toBeGreaterThan(100)
  const others = packages.filter(({ license = '' }) => !allowedLicences.has(license))
  expect(others.map(({ pkgid, license }) => `${pkgid}: ${license}`)).toEqual([])
})

test('every installed package runs on the Node.js that the repository installs', () => {
  const manifests = Object.keys(lock.packages)
    .map((path) => new URL(`../${path}/package.json`, import.meta.url))
    .filter((url) => existsSync(url)) // packages of other platforms are not installed
    .map((url): InstalledPackage => JSON.parse(readFileSync(url, 'utf8')))
  const unfit = manifests.filter(({ engines }) => !satisfies(root.devDependencies.node, engines?.node ?? '*'))
  expect(manifests.filter(({ engines }) => engines?.node !== undefined).length).toBeGreaterThan(100)
  expect(unfit.map(({ name, engines }) => `${name}: ${engines?.node}`)).toEqual([])
})

test('the set-up installs with the Node.js that the repository installs', () => {
  const version = root.devDependencies.node
  expect(root.scripts.setup).toContain(` node@${version} `)
  expect(readFileSync(new URL('../.node-version', import.meta.url), 'utf8').trim()).toBe(version)
})
