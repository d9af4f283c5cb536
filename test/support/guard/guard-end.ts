// The guard's end of the channel between guard and window.
export { connectWindow } from '../../../server/guard/window/connect';
