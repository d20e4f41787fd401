import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exportAll } from '../command/export-all.ts'
import { verifiedFigures } from '../exported/verify.ts'
import { equals, holds } from '../figures/figure.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

const run = promisify(execFile)
const instances = 120

/** Exports to a disk that fills up, and resumes when there is room. */
export const diskFullScenario: Scenario = {
  name: 'disk-full',
  title: 'The disk is full, and has room later',
  async run({ folder }) {
    const disk = join(folder, 'disk')
    await mkdir(disk)
    const problem = await mountSmallDisk(disk)
    if (problem !== undefined) return { skipped: problem }
    try {
      await using server = await startServer()
      await server.addSynthetic({ imageSets: 3, instances: instances / 3, rows: 128, columns: 128 })
      const out = join(disk, 'out')
      const full = await exportAll(server, out)
      await run('mount', ['-o', 'remount,size=64m', disk])
      const resumed = await exportAll(server, out, { options: ['--resume'] })
      return {
        figures: [
          equals('exit code when the disk is full', full.exitCode, 7),
          holds('the message says so', /disk is full|no space/i.test(full.stderr), full.stderr),
          holds('the message says how to go on', /--resume/.test(full.stdout + full.stderr), full.stdout + full.stderr),
          equals('exit code of `--resume` with room', resumed.exitCode, 0),
          ...(await verifiedFigures(out, instances)),
        ],
      }
    } finally {
      await run('umount', ['--lazy', disk])
    }
  },
}

/** Mounts a disk of 2 MB at a folder. Returns why it cannot, if it cannot. */
async function mountSmallDisk(folder: string): Promise<string | undefined> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder])
    return undefined
  } catch (error) {
    return `a small disk cannot be mounted here (${error instanceof Error ? error.message.trim().split('\n').at(-1) : ''})`
  }
}
