// Preloaded into a peer that would listen on every interface and has no option for that.
const net = require('node:net');

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (port, ...rest) {
  return typeof port === 'number' || typeof port === 'string'
    ? listen.call(
        this,
        Number(port),
        '127.0.0.1',
        ...rest.filter((argument) => typeof argument === 'function'),
      )
    : listen.call(this, port, ...rest);
};
