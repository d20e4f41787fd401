import { cp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateStudy } from '@ahi-dicom/ahi-emulator'
import { runCommand } from '../command/command.ts'
import { exportAll } from '../command/export-all.ts'
import { knowsCommand } from '../command/known-commands.ts'
import { damageFile, type Damage } from '../exported/damages.ts'
import { equals, holds, type Figure } from '../figures/figure.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

const slices = 6

/** Damages exports and lets `diff` find each damage by comparing them with the originals. */
export const comparedDamageScenario: Scenario = {
  name: 'compared-damage',
  title: '`diff` finds each kind of damage',
  async run(stage) {
    const { folder } = stage
    if (!(await knowsCommand('diff'))) return { skipped: 'the command has no `diff` yet' }
    const originals = join(folder, 'originals')
    await mkdir(originals)
    for (const { name, data } of generateStudy({ ctSlices: slices, ultrasoundFrames: 2 }))
      await writeFile(join(originals, name), data)
    await using server = await startServer()
    await server.importPaths([originals])
    const whole = join(folder, 'whole')
    await exportAll(server, whole)
    const undamaged = await runCommand(['diff', originals, whole])
    if (undamaged.exitCode !== 0) stage.note(undamaged.stdout + undamaged.stderr)
    const figures: Figure[] = [equals('exit code without damage', undamaged.exitCode, 0)]
    for (const [index, damage] of damages.entries()) {
      const out = join(folder, `damaged-${index}`)
      await cp(whole, out, { recursive: true })
      const words = await damage.apply(out)
      const { exitCode, stdout, stderr } = await runCommand(['diff', originals, out])
      const isNamed = words.some((word) => stdout.includes(word) || stderr.includes(word))
      figures.push(
        holds(damage.name, exitCode !== 0 && isNamed, `exit code ${exitCode}, ${stdout.trim()} ${stderr.trim()}`),
      )
    }
    return { figures }
  },
}

const damages: readonly Damage[] = [
  { name: 'a sample is changed', apply: (folder) => damageFile(folder, changeLastByte) },
  { name: 'an attribute is changed', apply: (folder) => damageFile(folder, changeModality) },
  { name: 'a file is truncated', apply: (folder) => damageFile(folder, (path) => truncate(path, 2000)) },
  { name: 'an instance is gone', apply: (folder) => damageFile(folder, (path) => rm(path)) },
]

/** Pixel data is the last element of a file. */
async function changeLastByte(path: string): Promise<void> {
  const bytes = await readFile(path)
  bytes[bytes.byteLength - 2] = (bytes.at(-2) ?? 0) ^ 1
  await writeFile(path, bytes)
}

/** Changes the first letter of Modality (0008,0060), a code string of Explicit VR Little Endian. */
async function changeModality(path: string): Promise<void> {
  const bytes = await readFile(path)
  const at = bytes.indexOf(Buffer.from([0x08, 0x00, 0x60, 0x00, 0x43, 0x53]))
  bytes.write('X', at + 8)
  await writeFile(path, bytes)
}
