declare module 'dcmjs/dictionary' {
  export const dictionary: Record<
    string,
    | {
        readonly tag: string
        readonly vr: string
        readonly name: string
        readonly vm: string
        readonly version: string
      }
    | undefined
  >
}
