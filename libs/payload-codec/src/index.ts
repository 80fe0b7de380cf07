export { KeyRing, UnknownKeyError, WrongKeyError, type EncryptionKey, type Sealed } from './key-ring.js';
