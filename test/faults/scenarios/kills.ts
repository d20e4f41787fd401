import { readManifest } from '../exported/manifest.ts'
import { killExports } from './killed-exports.ts'
import type { Scenario } from './scenario.ts'

/** Kills the process. Its written data remains, even if it was not flushed. */
export const killsScenario: Scenario = {
  name: 'kills',
  title: 'Kills (`-9`) at random moments, and `--resume`',
  async run(stage) {
    const kills = stage.rounds ?? (stage.isShort ? 4 : 50)
    const imageSets = { imageSets: stage.isShort ? 4 : 10, instances: 40, frames: 2, rows: 128, columns: 128 }
    return {
      figures: await killExports(stage, { kills, imageSets, latency: { least: 5, greatest: 60 }, afterKill: recorded }),
    }
  },
}

async function recorded(folder: string): Promise<ReadonlySet<string>> {
  return new Set((await readManifest(folder)).map(({ sopInstanceUid }) => sopInstanceUid))
}
