import { chmod, chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { exportAll } from '../command/export-all.ts'
import { verifiedFigures } from '../exported/verify.ts'
import { equals, holds } from '../figures/figure.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

const instances = 60
/** `nobody`: root may write everywhere. */
const nobody = 65_534

/** Exports to a folder that may not be written to, and resumes when it may. */
export const readOnlyFolderScenario: Scenario = {
  name: 'read-only-folder',
  title: 'The folder is read-only, and writable later',
  async run({ folder }) {
    const uid = process.getuid?.() === 0 ? nobody : undefined
    await using server = await startServer()
    await server.addSynthetic({ imageSets: 2, instances: instances / 2, rows: 64, columns: 64 })
    const out = join(folder, 'out')
    await mkdir(out)
    await chmod(folder, 0o755)
    if (uid !== undefined) await chown(out, uid, uid)
    await chmod(out, 0o555)
    const refused = await exportAll(server, out, { uid })
    await chmod(out, 0o755)
    const resumed = await exportAll(server, out, { uid, options: ['--resume'] })
    return {
      figures: [
        equals('exit code when the folder is read-only', refused.exitCode, 7),
        holds('the message names the folder', refused.stderr.includes(out), refused.stderr),
        equals('exit code when it is writable', resumed.exitCode, 0),
        ...(await verifiedFigures(out, instances)),
      ],
    }
  },
}
