/** class-transformer has types for its storage of decorators, but not at the path where Node finds it. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
