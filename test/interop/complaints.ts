import { execFile } from 'node:child_process'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runPython } from './comparison.ts'
import { isDeflated, withKnownSyntax } from './known-syntax.ts'
import type { RoundTrip } from './round-trip.ts'

/** The readers whose complaints are compared. */
export const READERS = ['dcmdump', 'gdcmdump', 'dciodvfy'] as const

/** A DICOM program that is not ours. */
export type Reader = (typeof READERS)[number]

/**
 * YCbCr of JPEG is YBR_FULL once it is decoded, colour by pixel. The IODs of ultrasound and of whole slides do not list
 * that, but RGB would be other samples.
 */
const UNAVOIDABLE: ReadonlySet<string> = new Set([
  'Error - Unrecognized enumerated value <YBR_FULL> for value 1 of attribute <Photometric Interpretation>',
  'Error - Unrecognized enumerated value <0> for value 1 of attribute <Planar Configuration>',
])

/** How a reader ended. */
interface Answer {
  readonly code: number
  readonly stderr: string
}

interface Complaint {
  readonly trip: RoundTrip
  readonly kind: string
  readonly text: string
}

/**
 * Returns the complaints of the reader about exported files that it does not have about the originals, one line each.
 * Complaints leave out paths and sizes, so that two files can be compared. For dciodvfy, only errors count, not warnings.
 */
export async function newComplaints(reader: Reader, trips: readonly RoundTrip[], folder: string): Promise<string[]> {
  const found = await complaintsAboutOutputs(reader, trips, folder)
  const originals = new Map<RoundTrip, readonly string[]>()
  for (const { trip } of found) if (!originals.has(trip)) originals.set(trip, await originalFiles(trip, folder))
  const known = await complaintsAbout(reader, [...originals.values()].flat(), folder)
  const isNew = ({ trip, text }: Complaint): boolean =>
    !UNAVOIDABLE.has(text) && originals.get(trip)?.some((path) => known.get(path)?.has(text)) !== true
  return found.filter(isNew).map(({ trip, kind, text }) => `${trip.name} (${kind}): ${text}`)
}

async function complaintsAboutOutputs(
  reader: Reader,
  trips: readonly RoundTrip[],
  folder: string,
): Promise<Complaint[]> {
  const outputs = trips.flatMap((trip) => trip.outputs.map((output) => ({ trip, ...output })))
  const files = outputs.filter(({ kind }) => kind !== 'png')
  const paths = await Promise.all(files.map(({ path }) => withKnownSyntax(path)))
  const complaints = await complaintsAbout(reader, paths, folder)
  return files.flatMap(({ trip, kind }, index) =>
    [...(complaints.get(paths[index] ?? '') ?? [])].map((text) => ({ trip, kind, text })),
  )
}

async function complaintsAbout(
  reader: Reader,
  paths: readonly string[],
  folder: string,
): Promise<Map<string, ReadonlySet<string>>> {
  const workList = join(folder, `${reader}.txt`)
  await writeFile(workList, paths.join('\n'))
  const answers = await runPython('complaints.py', [reader, workList])
  if (!isAnswers(answers)) throw new TypeError('complaints.py prints `code` and `stderr` of every path')
  return new Map(Object.entries(answers).map(([path, answer]) => [path, complaintsIn(reader, path, answer)]))
}

function isAnswers(value: unknown): value is Readonly<Record<string, Answer>> {
  return typeof value === 'object' && value !== null && Object.values(value).every(isAnswer)
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('stderr' in value)) return false
  return typeof value.code === 'number' && typeof value.stderr === 'string'
}

function complaintsIn(reader: Reader, path: string, answer: Answer): Set<string> {
  const { code, stderr } = answer
  const lines = stderr.split('\n').filter((line) => isComplaint(reader, line))
  const status = code === 0 || reader === 'dciodvfy' ? [] : [`exit status ${code}`]
  return new Set([...lines.map((line) => withoutPlace(line, path)), ...status])
}

function isComplaint(reader: Reader, line: string): boolean {
  if (reader === 'dciodvfy') return line.startsWith('Error')
  return reader === 'dcmdump' ? /^[EWF]: /.test(line) : line.trim() !== ''
}

function withoutPlace(line: string, path: string): string {
  return line
    .replaceAll(path, 'FILE')
    .replace(/\d+ bytes?/g, 'N bytes')
    .trim()
}

/** The source files of a round trip, one or a folder of them, readable by all readers. */
async function originalFiles({ original }: RoundTrip, folder: string): Promise<string[]> {
  const isFolder = (await stat(original)).isDirectory()
  const paths = isFolder ? (await readdir(original)).map((name) => join(original, name)) : [original]
  return Promise.all(paths.map((path) => withoutDeflation(path, folder)))
}

/** The path of an inflated copy of a deflated original, which dciodvfy does not read; for any other file, its own path. */
async function withoutDeflation(original: string, folder: string): Promise<string> {
  if (!(await isDeflated(original))) return original
  const copy = join(folder, `${Buffer.from(original).toString('base64url').slice(-40)}.inflated`)
  await promisify(execFile)('dcmconv', ['+te', original, copy])
  return copy
}
