import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { RoundTrip } from './round-trip.ts'

/** The readers whose complaints are compared. */
export const READERS = ['dcmdump', 'gdcmdump', 'dciodvfy'] as const

/** A DICOM program that is not ours. */
export type Reader = (typeof READERS)[number]

/** HTJ2K lossless RPCL, which is younger than the gdcm and dicom3tools of current Linux distributions. */
const HTJ2K_LOSSLESS_RPCL = '1.2.840.10008.1.2.4.202'
const HTJ2K = '1.2.840.10008.1.2.4.203'
const JPEG_2000_LOSSLESS = '1.2.840.10008.1.2.4.90'

/**
 * What a reader objects to in a file, one string per complaint, without paths and offsets, so that the complaints of
 * two files can be compared. For dciodvfy: its errors, not its warnings.
 */
async function complaintsOf(reader: Reader, path: string): Promise<Set<string>> {
  const { code, stderr } = await run(reader, path)
  const lines = stderr.split('\n').filter((line) => isComplaint(reader, line))
  const complaints = new Set(lines.map((line) => withoutPlace(line, path)))
  if (code !== 0 && reader !== 'dciodvfy') complaints.add(`exit status ${code}`)
  return complaints
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

function run(command: string, path: string): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    const options = { encoding: 'utf8', maxBuffer: 2 ** 28, timeout: 60_000 } as const
    execFile(command, [path], options, (error, _stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, stderr })
    })
  })
}

/** The complaints about outputs that the reader does not have about the originals, one line each. */
export async function newComplaints(reader: Reader, trips: readonly RoundTrip[]): Promise<string[]> {
  const found: string[] = []
  const waiting = trips.values()
  const work = async (): Promise<void> => {
    for (const trip of waiting) found.push(...(await complaintsOfTrip(reader, trip)))
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return found.sort()
}

async function complaintsOfTrip(reader: Reader, { name, original, outputs }: RoundTrip): Promise<string[]> {
  const files = outputs.filter(({ kind }) => kind !== 'png')
  if (files.length === 0) return []
  const known = await complaintsOf(reader, original)
  const found = await Promise.all(
    files.map(async ({ kind, path }) => {
      const complaints = await complaintsOf(reader, (await copyWithKnownSyntax(path)) ?? path)
      return [...complaints].filter((complaint) => !known.has(complaint)).map((text) => `${name} (${kind}): ${text}`)
    }),
  )
  return found.flat()
}

/**
 * Writes a copy of a file that differs in its TransferSyntaxUID alone: JPEG 2000 in place of HTJ2K. The encapsulation is
 * the same (PS3.5 A.4), so readers that have not heard of HTJ2K can judge everything but the code streams.
 *
 * @returns the path of the copy, or `undefined` where the file is not in HTJ2K
 */
async function copyWithKnownSyntax(from: string): Promise<string | undefined> {
  const file = await readFile(from)
  const element = [HTJ2K_LOSSLESS_RPCL, HTJ2K].map((uid) => uiElement(0x0002, 0x0010, uid))
  const found = element.find((bytes) => file.subarray(0, 1024).includes(bytes))
  if (found === undefined) return undefined
  const at = file.indexOf(found)
  const known = uiElement(0x0002, 0x0010, JPEG_2000_LOSSLESS)
  const groupLengthAt = 128 + 4 + 8
  file.writeUInt32LE(file.readUInt32LE(groupLengthAt) + known.length - found.length, groupLengthAt)
  const to = `${from}.jpeg-2000`
  await writeFile(to, Buffer.concat([file.subarray(0, at), known, file.subarray(at + found.length)]))
  return to
}

function uiElement(group: number, element: number, uid: string): Buffer {
  const value = Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`, 'latin1')
  const header = Buffer.alloc(8)
  header.writeUInt16LE(group, 0)
  header.writeUInt16LE(element, 2)
  header.write('UI', 4, 'latin1')
  header.writeUInt16LE(value.length, 6)
  return Buffer.concat([header, value])
}
