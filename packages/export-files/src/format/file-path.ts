import type { Layout } from '../layout/layout.ts'

interface PathParts {
  /** Name of the format. */
  readonly format: string
  /** Zero-based frame number. Absent for a file of the whole instance. */
  readonly frame?: number | undefined
  /** Number of frames of the instance. */
  readonly frameCount: number
}

/**
 * Returns the path of a file of an instance. If the instance has several frames, the name of a file of one frame ends
 * in its DICOM frame number, which starts at 1.
 *
 * @example
 * import { filePath } from '@ahi-dicom/export-files'
 *
 * console.log(filePath('1.2.3', { format: 'png', frame: 0, frameCount: 12, hasExtension: true })) // 1.2.3-0001.png
 */
export function filePath(
  stem: string,
  { format, frame, frameCount, hasExtension }: PathParts & Pick<Layout, 'hasExtension'>,
): string {
  const number = frame === undefined || frameCount === 1 ? '' : `-${String(frame + 1).padStart(4, '0')}`
  return `${stem}${number}${hasExtension ? `.${format}` : ''}`
}

/** Returns the path without frame number and extension, the reverse of {@link filePath}. */
export function stemOf(path: string, { format, frame, frameCount }: PathParts): string {
  const stem = path.endsWith(`.${format}`) ? path.slice(0, -format.length - 1) : path
  return frame === undefined || frameCount === 1 ? stem : stem.replace(/-\d{4,}$/u, '')
}
