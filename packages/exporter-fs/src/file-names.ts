/** Kinds of files that {@link directorySink} writes. */
export type OutputFormat = 'dcm' | 'png'

/** Path of the Part 10 file of an instance. */
export function part10Path(stem: string): string {
  return `${stem}.dcm`
}

/** Path of the PNG of a frame counted from 0; frames of several are told apart by their DICOM number, counted from 1. */
export function pngPath(stem: string, frame: number, frameCount: number): string {
  return frameCount === 1 ? `${stem}.png` : `${stem}-${String(frame + 1).padStart(4, '0')}.png`
}

/** The path of an instance without extension, back from the path of one of its files. */
export function stemOf(path: string, format: string, frameCount: number): string {
  const stem = path.slice(0, path.lastIndexOf('.'))
  return format === 'png' && frameCount > 1 ? stem.replace(/-\d{4,}$/u, '') : stem
}
