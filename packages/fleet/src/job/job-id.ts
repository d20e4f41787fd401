/** The image set, version and part that a job exports. */
export interface JobKey {
  readonly imageSetId: string
  readonly versionId: string
  /** From 1. */
  readonly part: number
}

/**
 * Returns the id of a job: `IMAGESETID-VERSION` for the first part, `IMAGESETID-VERSION-PART` for later ones. BullMQ ignores
 * a job whose id it already has, so adding a job again changes nothing.
 */
export function jobIdOf({ imageSetId, versionId, part }: JobKey): string {
  return part === 1 ? `${imageSetId}-${versionId}` : `${imageSetId}-${versionId}-${part}`
}

/** Parses the id of a job. Returns `undefined` for any other text. */
export function parseJobId(text: string): JobKey | undefined {
  const match = /^([0-9a-z]{32})-([1-9]\d{0,15})(?:-([1-9]\d{0,8}))?$/.exec(text)
  const [, imageSetId, versionId, part] = match ?? []
  if (imageSetId === undefined || versionId === undefined || part === '1') return undefined
  return { imageSetId, versionId, part: Number(part ?? 1) }
}

/** Returns whether a value is a string in the form of AHI's image set ids. */
export function isImageSetId(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-z]{32}$/.test(text)
}

/** Returns whether a value is a string in the form of AHI's version ids. */
export function isVersionId(text: unknown): text is string {
  return typeof text === 'string' && /^[1-9]\d{0,15}$/.test(text)
}
