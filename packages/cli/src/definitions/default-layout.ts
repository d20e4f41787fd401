/** Default of `--layout`. */
export const defaultLayout: string = '{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}'

/** Default of `--series-layout`. */
export const defaultSeriesLayout: string = '{StudyInstanceUID}/{SeriesInstanceUID}'
