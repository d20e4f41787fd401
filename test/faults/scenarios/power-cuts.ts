import { cutPower } from '../exported/power-cut.ts'
import { atLeast, told } from '../figures/figure.ts'
import { killExports } from './killed-exports.ts'
import type { Scenario } from './scenario.ts'

/** Kills the process and damages its unflushed data. */
export const powerCutsScenario: Scenario = {
  name: 'power-cuts',
  title: 'Kills with the power cut: files that were not flushed are empty or half there',
  async run(stage) {
    const kills = stage.rounds ?? (stage.isShort ? 3 : 20)
    let [damaged, flushed] = [0, 0]
    const figures = await killExports(stage, {
      kills,
      // The product flushes every 512 files or 5 seconds: a full run is long enough for some flushes.
      imageSets: { imageSets: stage.isShort ? 6 : 24, instances: 80, rows: 32, columns: 32 },
      latency: stage.isShort ? { least: 5, greatest: 60 } : { least: 500, greatest: 1000 },
      async afterKill(folder) {
        const cut = await cutPower(folder)
        damaged += cut.damaged
        flushed += cut.flushed.size
        return cut.flushed
      },
    })
    return {
      figures: [
        ...figures,
        told('files that the cuts damaged', damaged),
        stage.isShort ? told('files that were flushed', flushed) : atLeast('files that were flushed', flushed, 1),
      ],
    }
  },
}
