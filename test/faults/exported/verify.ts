import { runCommand } from '../command/command.ts'
import { equals, type Figure } from '../figures/figure.ts'
import { readManifest } from './manifest.ts'

/** Returns figures that say whether an export is complete and every instance of it verified. */
export async function verifiedFigures(folder: string, instances: number): Promise<Figure[]> {
  const verified = (await readManifest(folder)).filter(({ checksum }) => checksum === 'verified').length
  const { exitCode } = await runCommand(['verify', folder])
  return [equals('instances verified', verified, instances), equals('exit code of `verify`', exitCode, 0)]
}
