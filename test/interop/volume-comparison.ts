import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NothingToImportError, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createFormats, type VolumeFormatOptions } from '@ahi-dicom/export-files'
import type { Exporter } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { runPython } from './comparison.ts'
import { readErrors } from './export-journal.ts'

/** DICOM files of one series. */
export interface VolumeSeries {
  readonly name: string
  readonly files: readonly string[]
}

/** Comparison of a series with the volumes of other programs: `equal` for each volume, or the difference. */
export interface VolumeComparison {
  readonly SimpleITK: readonly string[]
  readonly dcm2niix: readonly string[]
  /** Codes of the errors of parts that make no volume. */
  readonly refused: readonly string[]
  /** How files of other formats differ from the NIfTI files of the same volumes. */
  readonly otherFiles: readonly string[]
}

/** Emulator, exporter and folder of a comparison. */
export interface VolumeStage {
  readonly emulator: Emulator
  readonly exporter: Exporter
  readonly folder: string
}

/**
 * Imports each series into a separate data store and exports its volumes in all formats. Compares them with the volumes of
 * SimpleITK and dcm2niix from the original files. Leaves out series that a data store rejects.
 */
export async function compareVolumes(
  series: readonly VolumeSeries[],
  stage: VolumeStage,
  options: VolumeFormatOptions = {},
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
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own script prints
  const ofFormats = (await runPython(
    'compare_volume_files.py',
    taken.map(({ directory }) => directory),
  )) as Record<string, readonly string[]>
  return new Map(
    taken.map(({ name, refused, directory }) => {
      const otherFiles = ofFormats[directory] ?? ['not compared']
      return [name, { SimpleITK: [], dcm2niix: [], ...compared[name], refused, otherFiles }]
    }),
  )
}

interface MadeVolumes extends VolumeSeries {
  readonly directory: string
  readonly volumes: readonly string[]
  readonly refused: readonly string[]
}

async function makeVolumes(
  { name, files }: VolumeSeries,
  index: number,
  { emulator, exporter, folder, options }: VolumeStage & { readonly options: VolumeFormatOptions },
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
  const directory = join(own, 'output')
  const destination = folderDestination({ directory })
  const formats = createFormats(names, Object.fromEntries(names.map((format) => [format, options])))
  await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
  const written = await readdir(directory, { recursive: true })
  const volumes = written.filter((path) => path.endsWith('.nii')).map((path) => join(directory, path))
  // Each format tells it.
  const refused = new Set((await readErrors(directory)).map(({ code }) => code))
  return { name, files, directory, volumes: volumes.toSorted(), refused: [...refused] }
}

const names = ['nii', 'nii.gz', 'npz', 'zarr'] as const
