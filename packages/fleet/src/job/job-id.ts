/** The image set, version and part that a job exports. */
export interface JobKey {
  readonly imageSetId: string
  readonly versionId: string
  /** From 1. */
  readonly part: number
}

/**
 * Returns the id of a job: `IMAGESETID-VERSION`, and from the second part on `IMAGESETID-VERSION-PART`. A job that is added
 * again has the same id, and so is not added twice.
 */
export function jobIdOf({ imageSetId, versionId, part }: JobKey): string {
  return part === 1 ? `${imageSetId}-${versionId}` : `${imageSetId}-${versionId}-${part}`
}

/** Reads the id of a job, or returns `undefined` for any other text. */
export function parseJobId(text: string): JobKey | undefined {
  const match = /^([0-9a-z]{32})-([1-9]\d{0,15})(?:-([1-9]\d{0,8}))?$/.exec(text)
  const [, imageSetId, versionId, part] = match ?? []
  if (imageSetId === undefined || versionId === undefined || part === '1') return undefined
  return { imageSetId, versionId, part: Number(part ?? 1) }
}

/** Returns whether a text has the form of an image set id of AHI. */
export function isImageSetId(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-z]{32}$/.test(text)
}

/** Returns whether a text has the form of a version id of AHI. */
export function isVersionId(text: unknown): text is string {
  return typeof text === 'string' && /^[1-9]\d{0,15}$/.test(text)
}
