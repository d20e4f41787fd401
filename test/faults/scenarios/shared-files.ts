import { cp, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { listSharedFiles, sharedDicom, sharedFilesMissing } from '../../interop/shared-files.ts'
import { runCommand } from '../command/command.ts'
import { exportAll } from '../command/export-all.ts'
import { knowsCommand } from '../command/known-commands.ts'
import { readManifest } from '../exported/manifest.ts'
import { filesByInstance } from '../exported/original-files.ts'
import { equals, told, type Figure } from '../figures/figure.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

/** Exports real files and compares them with the originals. */
export const sharedFilesScenario: Scenario = {
  name: 'shared-files',
  title: '`verify` and `diff` over the real files in ../shared/dicom',
  async run(stage) {
    const { folder } = stage
    const missing = sharedFilesMissing()
    if (missing !== undefined) return { skipped: missing }
    const files = await filesByInstance(listSharedFiles().map((name) => join(sharedDicom, name)))
    await using server = await startServer()
    const imported = await server.importPaths([...files.values()])
    const out = join(folder, 'out')
    const { exitCode } = await exportAll(server, out, { options: await ofAllImageSets() })
    const verified = await runCommand(['verify', out])
    const exported = new Set((await readManifest(out)).map(({ sopInstanceUid }) => sopInstanceUid))
    const figures: Figure[] = [
      told('files', files.size),
      told('imported', imported),
      told('exit code of the export (6: AHI has no checksum of some frames)', exitCode ?? -1),
      equals('instances exported', exported.size, imported),
      equals('exit code of `verify`', verified.exitCode, 0),
    ]
    if (!(await knowsCommand('diff'))) return { figures: [...figures, told('`diff`', 'the command has none yet')] }
    const originals = join(folder, 'originals')
    await copyAll(
      [...files].filter(([uid]) => exported.has(uid)).map(([, path]) => path),
      originals,
    )
    const compared = await runCommand(['diff', originals, out])
    if (compared.exitCode !== 0) stage.note(compared.stdout + compared.stderr)
    return { figures: [...figures, equals('exit code of `diff`', compared.exitCode, 0)] }
  },
}

/** Returns the option that selects image sets beside the primary one of a series. */
async function ofAllImageSets(): Promise<string[]> {
  const { stdout } = await runCommand(['export', '--help'])
  return stdout.includes('--non-primary') ? ['--non-primary', 'include'] : ['--include-non-primary']
}

async function copyAll(paths: readonly string[], folder: string): Promise<void> {
  await mkdir(folder)
  for (const [index, path] of paths.entries()) await cp(path, join(folder, `${index}-${basename(path)}`))
}
