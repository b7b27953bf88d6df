package io.sluice.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sluice.bench.BenchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run as JSON: scenario, command line, and the components of the result by their names; times in microseconds. */
public final class ResultFile {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ResultFile() {}

    /**
     * Writes it.
     *
     * @param arguments of the command, as they were given
     * @throws BenchException if the file cannot be written
     */
    public static void write(Path file, String scenario, List<String> arguments, Object result) {
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("scenario", scenario);
        run.put("arguments", arguments);
        run.put("result", result);
        try {
            JSON.writeValue(file.toFile(), run);
        } catch (IOException e) {
            throw new BenchException("cannot write " + file + ": " + e.getMessage());
        }
    }
}
