import { createWriteStream } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { NothingToImportError, type Emulator } from '@ahi-dicom/ahi-emulator'
import type { ErrorEntry, Exporter, LoadVolumeOptions } from '@ahi-dicom/exporter'
import { encodeNifti } from '@ahi-dicom/volumes'
import { runPython } from './comparison.ts'

/** DICOM files of one series. */
export interface VolumeSeries {
  readonly name: string
  readonly files: readonly string[]
}

/** What other programs make of a series: `equal` for each volume, or what differs. */
export interface VolumeComparison {
  readonly SimpleITK: readonly string[]
  readonly dcm2niix: readonly string[]
  /** Codes of why parts of the series make no volume. */
  readonly refused: readonly string[]
}

/** What volumes are made with. */
export interface VolumeStage {
  readonly emulator: Emulator
  readonly exporter: Exporter
  readonly folder: string
}

/**
 * Imports each series into a data store of its own, makes volumes of what comes out of it, and compares them with what
 * SimpleITK and dcm2niix make of the original files. Series that a data store does not take are left out.
 */
export async function compareVolumes(
  series: readonly VolumeSeries[],
  stage: VolumeStage,
  options: Omit<LoadVolumeOptions, 'datastoreId' | 'selectors' | 'onFailure'> = {},
): Promise<ReadonlyMap<string, VolumeComparison>> {
  const made = await Promise.all(series.map((one, index) => makeVolumes(one, index, { ...stage, options })))
  const taken = made.filter((one) => one !== undefined)
  const workList = join(stage.folder, 'volumes.json')
  await writeFile(workList, JSON.stringify(taken))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own script prints
  const compared = (await runPython('compare_volumes.py', [workList])) as Record<
    string,
    Pick<VolumeComparison, 'SimpleITK' | 'dcm2niix'>
  >
  return new Map(taken.map(({ name, refused }) => [name, { SimpleITK: [], dcm2niix: [], ...compared[name], refused }]))
}

interface MadeVolumes extends VolumeSeries {
  readonly volumes: readonly string[]
  readonly refused: readonly string[]
}

async function makeVolumes(
  { name, files }: VolumeSeries,
  index: number,
  { emulator, exporter, folder, options }: VolumeStage & { readonly options: Partial<LoadVolumeOptions> },
): Promise<MadeVolumes | undefined> {
  const own = join(folder, String(index))
  await mkdir(join(own, 'input'), { recursive: true })
  await Promise.all(files.map((file, number) => symlink(file, join(own, 'input', `${number}.dcm`))))
  const { datastoreId } = await emulator.createDatastore({ name: `volumes-${index}` })
  try {
    const { imported } = await emulator.importDicom(join(own, 'input'), { datastoreId })
    if (imported === 0) return undefined
  } catch (error) {
    if (error instanceof NothingToImportError) return undefined
    throw error
  }
  const failures: ErrorEntry[] = []
  const onFailure = (failure: ErrorEntry): void => void failures.push(failure)
  const volumes = await exporter.loadVolume({ ...options, datastoreId, selectors: 'all', onFailure })
  const paths = volumes.map((_, number) => join(own, `${number}.nii`))
  for (const [number, path] of paths.entries()) {
    const volume = volumes[number]
    if (volume !== undefined) await pipeline(encodeNifti(volume), createWriteStream(path))
  }
  return { name, files, volumes: paths, refused: failures.map(({ code }) => code) }
}
