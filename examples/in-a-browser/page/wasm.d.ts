/** The URL of a file that the bundler copies, relative to the script. */
declare module '*.wasm' {
  const url: string
  export default url
}
