export { startCodecServer, type CodecServer, type CodecServerSettings } from './codec-server.js';
export { encryptingConverter, failureConverterPath } from './data-converter.js';
export { EncryptionCodec } from './encryption-codec.js';
export { EncryptionKeysError, holdKeys, type KnownKeys } from './key-proof.js';
export { KeyRing, UnknownKeyError, WrongKeyError, type EncryptionKey, type Sealed } from './key-ring.js';
