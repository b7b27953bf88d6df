package io.sluice.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.util.ReferenceCountUtil;

/**
 * Reads the PROXY header, version 1 or 2, with which a trusted load balancer begins each connection, and leaves the pipeline.
 * What no header begins with fails at once; Netty's decoder would wait for the end of a line.
 */
final class ProxyHeader extends HAProxyMessageDecoder {

    private static final byte FIRST_OF_V1 = 'P';
    private static final byte FIRST_OF_V2 = '\r';

    private boolean begun;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (!begun && message instanceof ByteBuf bytes && bytes.isReadable()) {
            begun = true;
            byte first = bytes.getByte(bytes.readerIndex());
            if (first != FIRST_OF_V1 && first != FIRST_OF_V2) {
                ReferenceCountUtil.release(message);
                throw new HAProxyProtocolException("there is no PROXY header");
            }
        }
        super.channelRead(context, message);
    }
}
