import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const bins = {
  'ahi-dicom': fileURLToPath(new URL('../dist/bin.js', import.meta.url)),
  'ahi-emulator': fileURLToPath(new URL('../../ahi-emulator/dist/bin.js', import.meta.url)),
}

interface Result {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `--version` of a command on a Node.js that reports this version. */
async function runOn(version: string, bin: string): Promise<Result> {
  const versions = `{ value: { ...process.versions, node: '${version}' } }`
  const disguise = `globalThis.process = Object.create(process, { versions: ${versions} })`
  const args = ['--import', `data:text/javascript,${encodeURIComponent(disguise)}`, bin, '--version']
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, args, (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode, stdout, stderr })
    })
  })
}

const [needed = ''] = /\d+\.\d+/.exec(manifest.engines.node) ?? []
const [major = 0, minor = 0] = needed.split('.').map(Number)

test.each([
  ['ahi-dicom', 7],
  ['ahi-emulator', 1],
] as const)('%s says on a Node.js that is too old which one is needed', async (name, exitCode) => {
  for (const version of ['14.21.3', '20.20.2', `${major}.${minor - 1}.0`]) {
    const stderr = `${name}: Cannot run on Node.js ${version}: version ${needed} or later is needed; install it from https://nodejs.org\n`
    expect(await runOn(version, bins[name])).toEqual({ exitCode, stdout: '', stderr })
  }
  for (const version of [`${major}.${minor}.0`, `${major + 1}.0.0`]) {
    expect(await runOn(version, bins[name])).toMatchObject({ exitCode: 0, stderr: '' })
  }
})

/** Searches for syntax that Node.js 10 cannot parse. The bundle was also run with Node.js 10, 12, 14, 16 and 18. */
test.each(Object.values(bins))('%s has nothing that an old Node.js cannot read', async (bin) => {
  const source = await readFile(bin, 'utf8')
  expect(source).not.toMatch(/^\s*(import|export)\s|\bawait\b|\?\?|\?\.|["']node:/m)
})
