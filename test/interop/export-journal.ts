import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A line of an export's manifest, as far as it matters here. */
export interface ManifestLine {
  readonly path: string
  readonly transferSyntaxUid: string
}

/** A line of errors.ndjson or warnings.ndjson, as far as it matters here. */
export interface NoticeLine {
  readonly code: string
  readonly message: string
}

/** The lines of an export's manifest that name files. */
export async function readManifest(directory: string): Promise<ManifestLine[]> {
  return (await readLines(join(directory, 'manifest.ndjson'))).filter((line) => isManifestLine(line))
}

/** Failures of an export. */
export function readErrors(directory: string): Promise<NoticeLine[]> {
  return readNotices(join(directory, 'errors.ndjson'))
}

/** Warnings of an export about written files. */
export function readWarnings(directory: string): Promise<NoticeLine[]> {
  return readNotices(join(directory, 'warnings.ndjson'))
}

async function readNotices(path: string): Promise<NoticeLine[]> {
  return (await readLines(path)).map((line) => {
    if (isNoticeLine(line)) return line
    throw new TypeError(`${path} has a line without code or message`)
  })
}

async function readLines(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
}

function isManifestLine(line: unknown): line is ManifestLine {
  if (typeof line !== 'object' || line === null || !('path' in line) || !('transferSyntaxUid' in line)) return false
  return typeof line.path === 'string' && typeof line.transferSyntaxUid === 'string'
}

function isNoticeLine(line: unknown): line is NoticeLine {
  if (typeof line !== 'object' || line === null || !('code' in line) || !('message' in line)) return false
  return typeof line.code === 'string' && typeof line.message === 'string'
}
