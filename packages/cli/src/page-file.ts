import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pageName } from '@ahi-dicom/export-files'

const headLength = 4096

/** Returns true if a file is a page that `report` wrote. */
export async function isPage(path: string): Promise<boolean> {
  const { pageMark } = await import('@ahi-dicom/report-page')
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0)
  return buffer.toString('latin1', 0, bytesRead).includes(pageMark)
}

/** Returns the path of the report's page in a folder, or undefined if there is no readable page. */
export async function findPage(directory: string): Promise<string | undefined> {
  const path = join(directory, pageName)
  try {
    return (await stat(path)).isFile() && (await isPage(path)) ? path : undefined
  } catch {
    return undefined
  }
}
