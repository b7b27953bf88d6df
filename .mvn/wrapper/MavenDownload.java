import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Downloads a zip, checks it against its SHA-512 and unpacks it without its first folder. The Maven wrapper runs this
 * file with the java launcher, so that a JDK is all that a machine needs, whatever its system.
 *
 * <p>Arguments: URL, SHA-512 in hex, target folder. The folder appears whole or not at all. Exit code 1 and one line on
 * standard error when something is wrong.
 */
public final class MavenDownload {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
    private static final int STEP_PERCENT = 20;

    private MavenDownload() {}

    /** See the class. */
    public static void main(String[] arguments) throws Exception {
        URI source = URI.create(arguments[0]);
        Path target = Path.of(arguments[2]).toAbsolutePath();
        try {
            Files.createDirectories(target.getParent());
            Path zip = Files.createTempFile(target.getParent(), "maven-", ".zip");
            Path folder = Files.createTempDirectory(target.getParent(), "maven-");
            try {
                verify(source, arguments[1], download(source, zip));
                unpack(zip, folder);
                publish(folder, target);
            } finally {
                Files.deleteIfExists(zip);
                delete(folder);
            }
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            System.err.println("mvnw: cannot download Maven from " + source + ": " + reason
                    + ". Install Maven 3.8.6 or newer, or set MVNW_REPOURL to a Maven repository that you can reach.");
            System.exit(1);
        }
    }

    private static String download(URI source, Path zip) throws IOException, InterruptedException {
        HttpClient.Builder client = HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NORMAL);
        proxy().ifPresent(client::proxy);
        HttpResponse<InputStream> response =
                client.build().send(HttpRequest.newBuilder(source).build(), HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new IOException("the server answered " + response.statusCode());
        }
        long size = response.headers().firstValueAsLong("Content-Length").orElse(0);
        MessageDigest digest = sha512();
        try (InputStream in = new DigestInputStream(response.body(), digest);
                OutputStream out = Files.newOutputStream(zip)) {
            copy(in, out, size);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Shows how far it is: a line for each fifth, when the server told the size. */
    private static void copy(InputStream in, OutputStream out, long size) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long done = 0;
        long next = STEP_PERCENT;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
            done += count;
            if (size > 0 && done * 100 / size >= next) {
                System.err.println("  " + done * 100 / size + " % of " + size / 1_000_000 + " MB");
                next += STEP_PERCENT;
            }
        }
    }

    /** The JDK does not look at https_proxy, which everything else on such a machine does. */
    private static java.util.Optional<ProxySelector> proxy() {
        return Stream.of("https_proxy", "HTTPS_PROXY")
                .map(System::getenv)
                .filter(value -> value != null && !value.isBlank())
                .findFirst()
                .map(value -> URI.create(value.contains("://") ? value : "http://" + value))
                .map(uri -> ProxySelector.of(
                        new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort())));
    }

    private static void verify(URI source, String expected, String actual) throws IOException {
        if (!actual.equals(expected.strip().toLowerCase(Locale.ROOT))) {
            throw new IOException("its SHA-512 is " + actual + ", which is not the expected one");
        }
    }

    private static void unpack(Path zip, Path folder) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
                Path file = folder.resolve(name).normalize();
                if (!file.startsWith(folder)) {
                    throw new IOException("the zip has an entry outside of it: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.getParent());
                    Files.copy(in, file);
                }
            }
        }
        for (String command : List.of("mvn", "mvnDebug")) {
            folder.resolve("bin").resolve(command).toFile().setExecutable(true, false);
        }
        // A temporary folder is its owner's alone; this one is for all who may read its parent.
        folder.toFile().setReadable(true, false);
        folder.toFile().setExecutable(true, false);
    }

    /** Two wrappers at once are no harm: the second finds the folder there. */
    private static void publish(Path folder, Path target) throws IOException {
        try {
            Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(folder, target);
        } catch (IOException e) {
            if (!Files.isDirectory(target.resolve("bin"))) {
                throw e;
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
            }
        }
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-512", e);
        }
    }
}
