import { readFile, stat } from 'node:fs/promises'
import { compareInstances, diffFolders, type InstanceComparison } from '@ahi-dicom/dicom-diff'
import { tags } from '@ahi-dicom/dicom-standard'
import { bytesInMemory, openPart10 } from '@ahi-dicom/dicom-standard/reader'
import { folderFiles } from '@ahi-dicom/exporter-fs'
import type { FileComparison } from './comparison.ts'
import type { RoundTrip } from './round-trip.ts'

/** Normalisations that nearly all files need, and one that the comparator in Python does not count. */
const notCompared = new Set(['file-meta', 'padding', 'sign-bits'])

/** Differences that our own comparison and the comparator in Python find in an output. */
export interface DiffOfOutput {
  readonly name: string
  readonly kind: string
  readonly differences: readonly string[]
  readonly normalisations: readonly string[]
  readonly pixels: string
  /** Damage of the pixels that was not found. */
  readonly missed: readonly string[]
}

/** Compares each DICOM file of the round trips with its original, and damaged copies of it, too. */
export async function diffOutputs(trips: readonly RoundTrip[]): Promise<DiffOfOutput[]> {
  const found: DiffOfOutput[] = []
  for (const { name, original, outputs } of trips) {
    if ((await stat(original)).isDirectory()) continue
    const source = bytesInMemory(await readFile(original))
    for (const { kind, path } of outputs.filter((output) => output.kind !== 'png')) {
      const bytes = await readFile(path)
      const comparison = await compareInstances(source, bytesInMemory(bytes))
      found.push({ name, kind, ...inShort(comparison), missed: await missedDamage(source, bytes) })
    }
  }
  return found
}

/** Compares folders of originals with folders of their exports. Returns what differs. */
export async function diffFolderTrips(trips: readonly RoundTrip[]): Promise<string[]> {
  const problems: string[] = []
  for (const { name, original, outputs } of trips) {
    if (!(await stat(original)).isDirectory()) continue
    for (const kind of new Set(outputs.map((output) => output.kind))) {
      const [first] = outputs.filter((output) => output.kind === kind)
      if (first === undefined || kind === 'png') continue
      const folder = first.path.slice(0, first.path.indexOf(`/${kind}/`) + kind.length + 1)
      for await (const event of diffFolders(folderFiles(original), folderFiles(folder))) {
        const isFine = ['compared', 'left-out', 'duplicate', 'summary'].includes(event.kind)
        if (!isFine) problems.push(`${name} (${kind}): ${JSON.stringify(event)}`)
      }
    }
  }
  return problems
}

/** Differences by the comparator in Python, in the same form. */
export function expectedDiff({
  name,
  kind,
  differences,
  applied,
}: FileComparison): Omit<DiffOfOutput, 'pixels' | 'missed'> {
  return {
    name,
    kind,
    differences: differences.map(({ where }) => where),
    normalisations: applied.filter((id) => !notCompared.has(id)),
  }
}

function inShort({
  differences,
  normalised,
  pixels,
}: InstanceComparison): Omit<DiffOfOutput, 'name' | 'kind' | 'missed'> {
  const ids = new Set(
    normalised.flatMap(({ normalisation = '' }) => (notCompared.has(normalisation) ? [] : [normalisation])),
  )
  return { differences: differences.map(({ attribute }) => attribute), normalisations: [...ids].sort(), pixels }
}

/** Changes a bit of one sample, takes the last bytes away, and leaves an attribute out. */
async function missedDamage(original: ReturnType<typeof bytesInMemory>, bytes: Buffer): Promise<string[]> {
  const { dataSet, source } = await openPart10(bytesInMemory(bytes))
  const missed: string[] = []
  const place = dataSet.get(tags.pixelData)?.place
  if (place !== undefined && place.byteLength > 2 && source.byteLength === bytes.byteLength) {
    const sample = Buffer.from(bytes)
    const at = place.offset + Math.floor(place.byteLength / 4) * 2
    sample[at] = (sample[at] ?? 0) ^ 1
    if (isEqual(await compareInstances(original, bytesInMemory(sample)))) missed.push('a sample')
  }
  if (await isRead(original, bytes.subarray(0, -2))) missed.push('a truncated file')
  const other = Buffer.from(bytes)
  const uid = dataSet.get(tags.sopInstanceUid)?.value.byteOffset
  if (uid !== undefined && source.byteLength === bytes.byteLength) {
    const at = bytes.indexOf(Buffer.from([0x08, 0, 0x18, 0])) + 8
    other[at] = other[at] === 0x31 ? 0x32 : 0x31
    if (isEqual(await compareInstances(original, bytesInMemory(other)))) missed.push('a UID')
  }
  return missed
}

async function isRead(original: ReturnType<typeof bytesInMemory>, bytes: Buffer): Promise<boolean> {
  return await compareInstances(original, bytesInMemory(bytes)).then(isEqual, () => false)
}

function isEqual({ differences, notCompared: reason }: InstanceComparison): boolean {
  return differences.length === 0 && reason === undefined
}
