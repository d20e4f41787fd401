/** The layout of an export when `--layout` is not given. */
export const defaultLayout: string = '{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}'
