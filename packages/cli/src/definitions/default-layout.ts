/** The layout of an export when `--layout` is not given. */
export const defaultLayout: string = '{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}'

/** The layout of the files of series when `--series-layout` is not given. */
export const defaultSeriesLayout: string = '{StudyInstanceUID}/{SeriesInstanceUID}'
