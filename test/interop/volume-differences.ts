import type { VolumeComparison } from './volume-comparison.ts'

/** A difference from another program that docs/volumes.md explains. */
export interface VolumeDifference {
  readonly program: 'SimpleITK' | 'dcm2niix'
  readonly series: RegExp
  /** Result of the comparison. */
  readonly is: RegExp
  readonly why: string
}

export const generatedDifferences: readonly VolumeDifference[] = [
  {
    program: 'SimpleITK',
    series: /^tilted$/,
    is: /mm apart$/,
    why: 'its direction is that of the normal: the shear is lost',
  },
  {
    program: 'dcm2niix',
    series: /^tilted$/,
    is: /mm apart$/,
    why: 'it stretches rows by the cosine of the tilt, and writes a second volume that is resampled',
  },
  { program: 'SimpleITK', series: /^gapped$/, is: /^shape .* 7\], not/, why: 'it closes the gap' },
  { program: 'dcm2niix', series: /^gapped$/, is: /^shape .* 7\], not/, why: 'it closes the gap' },
  { program: 'SimpleITK', series: /^times$/, is: /^shape .* 12/, why: 'it takes all times for slices' },
  { program: 'SimpleITK', series: /^enhanced$/, is: /mm apart$/, why: 'it does not sort frames' },
  { program: 'SimpleITK', series: /^dose$/, is: /^equal, as stored/, why: 'it does not apply DoseGridScaling' },
  { program: 'dcm2niix', series: /^dose$/, is: /mm apart$/, why: 'it does not read GridFrameOffsetVector' },
]

export const realDifferences: readonly VolumeDifference[] = [
  {
    program: 'SimpleITK',
    series: /\/(?:J2K_pixelrep_mismatch|MR_small\w*|examples_overlay)\.dcm$|dicomdirtests/,
    is: /^equal, but for the thickness of its slice$/,
    why: 'one slice has no distance to another',
  },
  { program: 'SimpleITK', series: /liver/, is: /^equal, as 0 and 255$/, why: 'it expands bits to bytes' },
  {
    program: 'SimpleITK',
    series: /liver_.*(?:rle|j2k)|parametric_map|rtdose\w*_1frame/,
    is: /^cannot read$/,
    why: 'GDCM does not read the file',
  },
  {
    program: 'SimpleITK',
    series: /rtdose(?:_rle)?\.dcm|badVR/,
    is: /^equal, as stored values/,
    why: 'it does not apply DoseGridScaling',
  },
  { program: 'SimpleITK', series: /rtdose_expb\.dcm/, is: /^voxels/, why: 'GDCM misreads 32 bits of big endian' },
  {
    program: 'dcm2niix',
    series: /rtdose(?:_\w+)?\.dcm/,
    is: /mm apart$/,
    why: 'it does not read GridFrameOffsetVector',
  },
  {
    program: 'dcm2niix',
    series: /rtdose\w*_1frame|badVR/,
    is: /^equal, as stored values$/,
    why: 'it does not apply DoseGridScaling',
  },
  {
    program: 'dcm2niix',
    series: /MR2_J2K|jpeg_ls|liver_.*(?:rle|j2k)/,
    is: /^no volume$/,
    why: 'it does not decode two fragments, JPEG-LS, or compressed bits',
  },
  {
    program: 'dcm2niix',
    series: /J2K_pixelrep_mismatch/,
    is: /mm apart$/,
    why: 'it takes one slice for a tilted stack, and stretches rows',
  },
  { program: 'SimpleITK', series: /77654033\/CT2\//, is: /^shape .* 4\], not/, why: 'it closes the gap' },
  { program: 'dcm2niix', series: /77654033\/CT2\//, is: /^shape .* 4\], not/, why: 'it closes the gap' },
]

/** Sorts the results into equal, explained and unexplained ones. */
export function judgeVolumes(
  compared: ReadonlyMap<string, VolumeComparison>,
  known: readonly VolumeDifference[],
): { readonly equal: number; readonly unexplained: readonly string[]; readonly unused: readonly string[] } {
  const outcomes = [...compared].flatMap(([name, comparison]) =>
    (['SimpleITK', 'dcm2niix'] as const).flatMap((program) =>
      comparison[program].map((outcome) => ({ name, program, outcome })),
    ),
  )
  const others = outcomes.filter(({ outcome }) => outcome !== 'equal')
  const explains = (one: VolumeDifference, { name, program, outcome }: (typeof outcomes)[number]): boolean =>
    one.program === program && one.series.test(name) && one.is.test(outcome)
  return {
    equal: outcomes.length - others.length,
    unexplained: others
      .filter((other) => !known.some((one) => explains(one, other)))
      .map(({ name, program, outcome }) => `${name}, ${program}: ${outcome}`),
    unused: known.filter((one) => !others.some((other) => explains(one, other))).map(({ why }) => why),
  }
}
