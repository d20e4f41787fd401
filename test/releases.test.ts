import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { packages } from './manifests.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../', import.meta.url))
const manifests = packages.map(({ folder }) => `packages/${folder}/package.json`)

interface Release {
  readonly name: string
  readonly newVersion: string
}

// The command contains the libraries without depending on them, so no version range releases it.
test('a change of any library releases the command in the same version', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-releases-'))
  try {
    for (const path of ['package.json', 'package-lock.json', '.changeset/config.json', ...manifests]) {
      await cp(join(root, path), join(folder, path))
    }
    await writeFile(join(folder, '.changeset/change.md'), "---\n'@ahi-dicom/ahi-metadata': patch\n---\n\nA change.\n")
    const git = async (...parameters: readonly string[]) => run('git', parameters, { cwd: folder })
    await git('init', '--quiet', '--initial-branch=main')
    await git('add', '.')
    await git('-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message=Packages')
    const changeset = join(root, 'node_modules/@changesets/cli/bin.js')
    await run(process.execPath, [changeset, 'status', '--output=status.json'], { cwd: folder })
    const status: { readonly releases: readonly Release[] } = JSON.parse(
      await readFile(join(folder, 'status.json'), 'utf8'),
    )
    const versions = new Map(status.releases.map(({ name, newVersion }) => [name, newVersion]))
    expect(versions.get('@ahi-dicom/cli')).toBeDefined()
    expect(new Set(versions.values()).size).toBe(1)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
